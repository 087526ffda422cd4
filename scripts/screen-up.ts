import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Addresses {
  slack: string;
  status: string;
  mails: string;
  temporal: string;
}

/** `up` as a person starts it, until it says that a person decides now. */
export async function startUp(home: string): Promise<{ addresses: Addresses; stop(): Promise<void> }> {
  const env = { ...process.env, HOLDPOINT_HOME: home };
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'up'], { cwd: ROOT, env });
  let told = '';
  child.stderr.setEncoding('utf8');
  child.stdout.resume();
  const decided = new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`up ended:\n${told}`)));
    child.stderr.on('data', (text: string) => {
      told += text;
      if (/Temporal {2,}http\S+\n/.test(told)) resolve();
    });
  });
  await decided;
  const address = (name: string): string => new RegExp(`${name} +(http\\S+)`).exec(told)?.[1] ?? '';
  return {
    addresses: {
      slack: new URL(address('Slack stand-in')).origin,
      status: address('status page'),
      mails: address('mails'),
      temporal: address('Temporal'),
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`up had ended by itself (${child.exitCode ?? child.signalCode}):\n${told}`);
      child.removeAllListeners('exit');
      const gone = once(child, 'exit');
      child.kill('SIGINT');
      await gone;
    },
  };
}
