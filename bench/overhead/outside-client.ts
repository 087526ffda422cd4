import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the process of the outside says; `atMs` since the epoch, with fractions. */
export type Said =
  | { kind: 'ready'; slackApiUrl: string; smtpUrl: string; controlUrl: string }
  | { kind: 'stopped'; sessionId: string; atMs: number }
  | { kind: 'calls'; slack: number };

export interface Outside {
  slackApiUrl: string;
  smtpUrl: string;
  controlUrl: string;
  /** When a session was told to stop, as `performance.now()` of this process. */
  stopped(sessionId: string): Promise<number>;
  /** Calls of Slack's API so far. */
  slackCalls(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts `outside.ts`; it ends when this process does. */
export async function startOutside(order: {
  dir: string;
  signingSecret: string;
  botToken: string;
  requestUrl: string;
}): Promise<Outside> {
  const child = fork(fileURLToPath(new URL('outside.ts', import.meta.url)), [JSON.stringify(order)], {
    execArgv: ['--import', 'tsx'],
  });
  const heard = new EventEmitter().setMaxListeners(0);
  const stoppedAt = new Map<string, number>();
  child.on('message', (said: Said) => {
    if (said.kind === 'stopped') stoppedAt.set(said.sessionId, said.atMs - performance.timeOrigin);
    heard.emit(said.kind, said);
  });
  // Without its outside the measured process would only try again and again.
  const failed = (): never => {
    throw new Error('the process of the stand-ins ended');
  };
  child.once('exit', failed);
  const next = async <K extends Said['kind']>(kind: K): Promise<Extract<Said, { kind: K }>> => {
    const [said] = (await once(heard, kind)) as [Extract<Said, { kind: K }>];
    return said;
  };
  const { slackApiUrl, smtpUrl, controlUrl } = await next('ready');
  return {
    slackApiUrl,
    smtpUrl,
    controlUrl,
    stopped: async (sessionId) => {
      for (;;) {
        const at = stoppedAt.get(sessionId);
        if (at !== undefined) return at;
        await next('stopped');
      }
    },
    slackCalls: async () => {
      const answer = next('calls');
      child.send('calls');
      return (await answer).slack;
    },
    stop: async () => {
      child.removeListener('exit', failed);
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
