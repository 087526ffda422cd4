import { createServer } from 'node:http';
import { isFromHoldpoint } from '../../../../src/instrument/index.ts';

/** An agent with a control endpoint of its own, which obeys signed calls only. */
const say = (line: Record<string, unknown>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

let state: 'running' | 'paused' | 'stopped' = 'running';
let count = 0;
const timer = setInterval(() => {
  if (state === 'running') say({ n: (count += 1) });
}, 10);

const obey = (action: string): void => {
  if (action === 'pause') state = 'paused';
  if (action === 'release' && state === 'paused') state = 'running';
  if (action === 'kill') {
    state = 'stopped';
    clearInterval(timer);
  }
};

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
  request.on('end', () => {
    const header = (name: string): string | undefined => request.headers[name]?.toString();
    const timestamp = header('x-holdpoint-timestamp');
    const signature = header('x-holdpoint-signature');
    if (!isFromHoldpoint(process.env['SECRET'] ?? '', { timestamp, signature, body })) {
      response.writeHead(401).end('wrong signature');
      return;
    }
    if (request.method === 'POST') {
      const order = JSON.parse(body) as { action: string };
      say({ order: { ...order, key: header('idempotency-key') } });
      obey(order.action);
    } else {
      say({ asked: request.url });
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ state }));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  say({ url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/control` });
});
