import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Analysis } from '../../src/domain/session/analysis.ts';
import { smallEnv, smallText } from '../config/given.ts';

const bin = fileURLToPath(new URL('../../bin/holdpoint.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'holdpoint-analyse-'));
const trace = join(folder, 'session.json');
const config = join(folder, 'holdpoint.yaml');
const bare = join(folder, 'without.yaml');

let asked = 0;
const model = createServer((request, response) => {
  asked += 1;
  const content = JSON.stringify({ step: 2, because: 'It assumes the count.', cites: [2] });
  request
    .resume()
    .on('end', () =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ choices: [{ message: { content } }] })),
    );
});

const said = (text: string, i: number) => ({
  traceId: 'a'.repeat(32),
  spanId: `${i + 1}`.padStart(16, '0'),
  name: 'chat',
  startTimeUnixNano: `${(i + 1) * 1_000_000}`,
  endTimeUnixNano: `${(i + 1) * 1_000_000 + 10}`,
  attributes: Object.entries({
    'gen_ai.operation.name': 'chat',
    'gen_ai.conversation.id': 'told',
    'gen_ai.agent.name': i % 2 === 0 ? 'planner' : 'surveyor',
    'gen_ai.output.messages': JSON.stringify([
      { role: 'assistant', parts: [{ type: 'text', content: text }] },
    ]),
  }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
});

beforeAll(async () => {
  await new Promise<void>((done) => void model.listen(0, '127.0.0.1', done));
  const { port } = model.address() as AddressInfo;
  const spans = ['How many blocks?', 'I assume 4711 of them.', 'So it is 4711.'].map(said);
  writeFileSync(trace, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  writeFileSync(bare, smallText);
  writeFileSync(config, `${smallText}advisor: { url: 'http://127.0.0.1:${port}/v1', model: small }\n`);
});
afterAll(async () => {
  await new Promise((done) => model.close(done));
  rmSync(folder, { recursive: true });
});

const analyse = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((done) => {
    const env = { ...process.env, ...smallEnv };
    execFile(process.execPath, [bin, 'analyse', trace, ...args], { env }, (error, out, err) =>
      done({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

describe('holdpoint analyse', () => {
  it('asks the configured model only where it is told to, and says whose opinion it is', async () => {
    const alone = await analyse('--config', config);
    expect([alone.code, asked]).toEqual([0, 0]);
    expect(alone.out).not.toContain('A model says');
    const advised = await analyse('--advisor', '--config', config);
    expect(advised.out).toContain(
      'A model says   small, an opinion: step 2 (steps 2): It assumes the count.',
    );
    const json = Analysis.parse(JSON.parse((await analyse('--advisor', '--config', config, '--json')).out));
    expect(json.advice).toMatchObject({ model: 'small', step: 2, refused: null });
    expect(json.failureMode.mode).toBe('unknown');
  }, 120_000);

  it('says what to add where no model is configured', async () => {
    const { code, err, out } = await analyse('--advisor', '--config', bare);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('add a section `advisor`');
  }, 60_000);
});
