import type { Command } from 'commander';
import { z } from 'zod';
import { callApi, DEFAULT_URL, fromEnv } from './api.ts';

interface DoctorOptions {
  config?: string;
  agent?: string;
  url: string;
  keyEnv: string;
}

/** `holdpoint doctor`: tries every connection; one line each, with what to do about those that fail. */
export const registerDoctor = (program: Command): void => {
  program
    .command('doctor')
    .description('try every connection and say what to do about those that fail')
    .option('--config <file>', 'the configuration; default HOLDPOINT_CONFIG, or holdpoint.yaml here')
    .option('--agent <name>', 'ask a running server what the newest session of this agent lacks')
    .option('--url <address>', 'that server', process.env['HOLDPOINT_URL'] || DEFAULT_URL)
    .option('--key-env <name>', "the environment variable with the agent's key", 'HOLDPOINT_KEY')
    .action((options: DoctorOptions) =>
      options.agent === undefined ? examineAll(options.config) : examineAgent(options.agent, options),
    );
};

async function examineAll(file: string | undefined): Promise<void> {
  const [{ loadConfig }, { examine }] = await Promise.all([
    import('../config.ts'),
    import('../doctor/examine.ts'),
  ]);
  const findings = await examine(loadConfig({ file, env: process.env }));
  for (const { name, ok, says } of findings)
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${name}: ${says}\n`);
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
}

/** Needs the agent's key alone: what whoever connects an agent has. */
async function examineAgent(agent: string, { url, keyEnv }: DoctorOptions): Promise<void> {
  const { linesOf, TraceCheck } = await import('../doctor/trace-check.ts');
  const token = fromEnv(keyEnv, "the agent's key of the section `keys`");
  const base = `${url.replace(/\/+$/, '')}/api/v1/agents/${encodeURIComponent(agent)}`;
  const answer = await callApi(`${base}/trace-check`, { token });
  const { session } = z.looseObject({ session: TraceCheck.nullable() }).parse(answer);
  if (session === null) {
    process.exitCode = 1;
    const remedy = `send its spans to ${url}/v1/traces with this key; docs/connect.md`;
    return void process.stdout.write(`FAILED  ${agent}: no session within seven days: ${remedy}\n`);
  }
  process.stdout.write(`${linesOf(session).join('\n')}\n`);
  if (session.missingFields.length + session.warnings.length > 0) process.exitCode = 1;
}
