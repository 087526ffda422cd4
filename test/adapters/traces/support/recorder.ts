import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface Recorder {
  url: string;
  close(): Promise<void>;
}

const slug = (path: string): string =>
  path
    .replaceAll(/[^a-z0-9]+/gi, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);

/** Stands before a running store and writes each exchange with it into a file, its body word for word. */
export const startRecorder = async (target: string, dir: string): Promise<Recorder> => {
  mkdirSync(dir, { recursive: true });
  let count = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const answer = await fetch(`${target}${request.url ?? ''}`, {
        headers: { accept: 'application/json' },
      });
      const body = await answer.text();
      const contentType = answer.headers.get('content-type') ?? '';
      count += 1;
      const head = { method: request.method, url: request.url, status: answer.status, contentType };
      const name = `${String(count).padStart(2, '0')}-${slug((request.url ?? '').split('?')[0] ?? '')}.json`;
      const text = JSON.stringify({ ...head, bodyText: body });
      writeFileSync(join(dir, name), `${text}\n`);
      response.writeHead(answer.status, { 'content-type': contentType }).end(body);
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((done) => server.close(() => done())),
  };
};
