import { fork, spawn, type ChildProcess } from 'node:child_process';
import { build } from '../built.ts';

export const KEY = 'bench-key-0123456789';

export interface Load {
  encoding: string;
  inFlight: number;
  accepted: number;
  refused: number;
  spansPerS: number;
  p50Ms: number;
  p95Ms: number;
  clientCpu: number;
}

/** How the receiver fares: memory in bytes, CPU in µs. */
export interface Stats {
  rss: number;
  heapUsed: number;
  cpu: { user: number; system: number };
  stored: number;
  seen: { sessions: number; spans: number; settled: number };
  diskBytes: number;
  load: { sessions: number; weight: number };
}

export const asked = <T>(server: ChildProcess, what?: string): Promise<T> =>
  new Promise((resolve, reject) => {
    const died = (code: number | null): void => reject(new Error(`the receiver ended with ${code}`));
    server.once('exit', died);
    server.once('message', (answer) => {
      server.off('exit', died);
      resolve(answer as T);
    });
    if (what !== undefined) server.send(what);
  });

const output = (args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => (text += String(chunk)));
    child.on('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`the sender ended with ${code}: ${text}`)),
    );
  });

/** Receiver and senders as processes of their own, of the sources as they are built. */
export class Processes {
  private readonly built = build();
  private readonly options: { profile: string | undefined; load: string | undefined };

  constructor(options: { profile: string | undefined; load: string | undefined }) {
    this.options = options;
  }

  /** The receiver ends by itself when this process has gone. */
  async startServer(...args: string[]): Promise<{ server: ChildProcess; url: string }> {
    const { profile } = this.options;
    const server = fork(this.built('bench/ingest/server.ts'), args, {
      execArgv: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const { url } = await asked<{ url: string }>(server);
    return { server, url };
  }

  async own(url: string, encoding: string, inFlight: number, more: string[]): Promise<Load> {
    const to = ['--url', url, '--key', KEY, '--encoding', encoding, '--inFlight', String(inFlight)];
    return JSON.parse(await output([this.built('bench/ingest/client.ts'), ...to, ...more])) as Load;
  }

  /** By `--load`'s program where one is given, its report in our words; else by our own sender. */
  async send(url: string, encoding: string, inFlight: number, seconds: string): Promise<Load> {
    const { load } = this.options;
    if (load === undefined) return this.own(url, encoding, inFlight, ['--seconds', seconds]);
    const report = JSON.parse(
      await output([
        load,
        ...['--url', `${url}/v1/traces`, '--header', `authorization: Bearer ${KEY}`],
        ...['--seconds', seconds, '--max-spans', '1000000', '--in-flight', String(inFlight)],
        ...(encoding === 'protobuf' ? ['--protobuf'] : []),
      ]),
    ) as Record<string, number>;
    const number = (name: string): number => report[name] ?? 0;
    return {
      encoding,
      inFlight,
      accepted: number('accepted'),
      refused: number('failed'),
      spansPerS: number('spans_per_s'),
      p50Ms: number('p50_ms'),
      p95Ms: number('p95_ms'),
      clientCpu: number('client_cpu'),
    };
  }
}
