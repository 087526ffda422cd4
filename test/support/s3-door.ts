import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type S3Fault = 'lost answer' | 'cut upload' | 'cut download' | 'denied' | 'busy' | 'silence';

const answers: Partial<Record<S3Fault, [number, string]>> = {
  denied: [403, 'AccessDenied'],
  busy: [503, 'SlowDown'],
};

const LOCKED =
  '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>';

interface Planned {
  method: string;
  fault: S3Fault;
  times: number;
}

export interface S3Door {
  endpoint: string;
  /** The next requests of this method meet the fault. */
  plan(method: string, fault: S3Fault, times?: number): void;
  /** Requests so far, and the headers each came with. */
  requests: { line: string; headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

export interface S3DoorOptions {
  /** Honours `If-None-Match: *`, which `rclone serve s3` leaves out and Amazon does not. */
  conditional?: boolean;
  /** Says that the bucket has object lock. */
  locks?: boolean;
}

const bodyOf = async (stream: IncomingMessage): Promise<Buffer> => Buffer.concat(await stream.toArray());

/** Stands before a real S3 server, breaks the line when told, and adds what the server behind it lacks. */
export async function openS3Door(
  upstream: string,
  { conditional = true, locks = false }: S3DoorOptions = {},
): Promise<S3Door> {
  const plans: Planned[] = [];
  const requests: S3Door['requests'] = [];
  const written = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();

  const next = (method: string): S3Fault | null => {
    const plan = plans.find((one) => one.method === method && one.times > 0);
    if (!plan) return null;
    plan.times -= 1;
    return plan.fault;
  };
  const forward = (req: IncomingMessage, body: Buffer, cutAt = body.length): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { method = 'GET', url = '/', headers } = req;
      const onward = request(new URL(url, upstream), { method, headers });
      onward.once('response', resolve).once('error', reject);
      if (cutAt < body.length) onward.write(body.subarray(0, cutAt), () => onward.destroy());
      else onward.end(body);
    });
  const carryOut = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const [method, url] = [req.method ?? '', req.url ?? ''];
    requests.push({ line: `${method} ${url}`, headers: req.headers });
    const body = await bodyOf(req);
    const fault = next(method);
    if (fault === 'silence') return;
    const [status, code] = (fault && answers[fault]) ?? [0, ''];
    if (status) return void res.writeHead(status).end(`<Error><Code>${code}</Code></Error>`);
    if (locks && url.endsWith('?object-lock')) return void res.end(LOCKED);
    const isTaken = conditional && req.headers['if-none-match'] === '*' && written.has(url);
    if (isTaken) return void res.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>');
    if (fault === 'cut upload') {
      await forward(req, body, Math.floor(body.length / 2)).catch(() => undefined);
      return void res.destroy();
    }
    const answer = await forward(req, body);
    const content = await bodyOf(answer);
    if (method === 'PUT' && answer.statusCode === 200) written.add(url);
    if (fault === 'lost answer') return void res.destroy();
    res.writeHead(answer.statusCode ?? 500, answer.headers);
    if (fault === 'cut download') res.write(content.subarray(0, content.length / 2), () => res.destroy());
    else res.end(content);
  };

  // One after another, so that of two conditional writes one is first.
  const server = createServer((req, res) => {
    turn = turn.then(() => carryOut(req, res)).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan: (method, fault, times = 1) => void plans.push({ method, fault, times }),
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
