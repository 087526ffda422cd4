import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ContainmentAdapter } from '../../adapters/containment/port.ts';
import { readProfileFile, readToolsFile } from '../../adapters/traces/beside.ts';
import { fileTraceStore } from '../../adapters/traces/file.ts';
import { recordedSession } from '../../adapters/traces/session-file.ts';
import type { Session } from '../../domain/session/session.ts';
import { homeDir } from '../home.ts';
import { Follower } from '../sample/follow.ts';
import { unlessInterrupted } from './interrupted.ts';
import type { Run } from './parts.ts';
import { startStack, type Stack } from './stack.ts';

export interface TraceOptions {
  trace: string;
  tools?: string;
  profile?: string;
}

/** A recording cannot be stopped: it is over, and the record says so. */
const ended: ContainmentAdapter = {
  name: 'recording',
  contain: async () => ({
    status: 'already_ended',
    evidence: 'A recording: the session had already ended.',
    atMs: Date.now(),
  }),
  verify: async () => ({
    status: 'already_ended',
    evidence: 'A recording: the session had already ended.',
    atMs: Date.now(),
  }),
  release: async () => ({ released: true, evidence: 'A recording holds nothing.', atMs: Date.now() }),
};

const nameOf = (session: Session): string =>
  (session.agent ?? 'recorded-agent')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 60) || 'recorded-agent';

/** The discard port: a recording has no tools to call, so a reversal of it is "not done", with this address as the reason. */
const NO_TOOL = 'http://127.0.0.1:9/a-recording-has-no-tools';
const Reversals = z.looseObject({
  tools: z.record(z.string(), z.looseObject({ reversal: z.string().optional() })),
});

/** The section of the agent that says what its tools do. A file that is no manifest is refused with the configuration. */
function toolsSection(file: string | undefined): Record<string, unknown> {
  if (!file) return {};
  const path = resolve(file);
  const manifest = Reversals.safeParse(parse(readFileSync(path, 'utf8')));
  const names = Object.values(manifest.data?.tools ?? {}).flatMap(({ reversal }) => reversal ?? []);
  const reversals = Object.fromEntries(names.map((name) => [name, { url: NO_TOOL, method: 'POST' }]));
  return { tools: path, reversals };
}

/** Runs the incident of a recorded session, up to the first decision of a person and on. */
export async function upTrace(options: TraceOptions, { say, stops, signal }: Run): Promise<number> {
  const session = await recordedSession(options.trace);
  const profile = options.profile ? await readProfileFile(options.profile) : null;
  if (options.tools) await readToolsFile(options.tools);
  const agent = nameOf(session);
  say(`RECORDING: ${session.steps.length} steps of ${agent}, session ${session.sessionId}`);
  const traces = fileTraceStore(resolve(options.trace));
  const agents = {
    [agent]: {
      owners: ['dana'],
      containment: { kind: 'stop-switch' },
      traces: { kind: 'file', path: resolve(options.trace) },
      ...toolsSection(options.tools),
    },
  };
  const overrides = { containment: () => ended, traces: () => traces };
  const stack = await startStack({ dir: join(homeDir(), 'recordings'), say, agents, overrides }, stops);
  if (profile) await stack.parts.store.documents.put('profile', agent, profile);
  if ((await traces.retentionDeadlineMs(session.sessionId)) === null)
    say(
      'the recording does not state how long its log was kept (holdpoint.retention_ms): this file counts as the log',
    );
  const incidentId = await alert(stack, agent, session.sessionId);
  const follower = new Follower(stack.parts.store, incidentId, say);
  const follow = async (): Promise<void> => {
    await follower.untilDecision();
    say(['', 'A person decides now. Open:', ...stack.addresses.map((line) => `  ${line}`), ''].join('\n'));
    await follower.untilEnded();
  };
  await unlessInterrupted(signal, follow());
  return 0;
}

async function alert({ parts }: Stack, agent: string, sessionId: string): Promise<string> {
  const answer = await parts.incidents.alert({
    agent,
    dedupKey: null,
    by: { kind: 'source', id: 'source:recording' },
    alert: {
      alertId: `recording:${sessionId}`.slice(0, 200),
      source: 'recording',
      title: 'A recorded session is examined',
      sessionId,
      firedAtMs: Date.now(),
      kind: 'report',
      severity: 'sev3',
      wrongValue: null,
      entityId: null,
      url: null,
    },
  });
  return answer.incidentId;
}
