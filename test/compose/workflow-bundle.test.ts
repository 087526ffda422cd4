import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keptIn, workflowBundle } from '../../src/compose/workflow-bundle.ts';
import { newFolder, removeFolder } from '../support/folder.ts';

const folder = newFolder();
afterAll(() => removeFolder(folder));

interface Kept {
  sources: Record<string, string>;
  missing: string[];
  code: string;
}
const fileIn = (): string => join(folder, readdirSync(folder)[0] ?? 'nothing was kept');
const kept = (): Kept => JSON.parse(readFileSync(fileIn(), 'utf8')) as Kept;
const keep = (change: Partial<Kept>): void =>
  writeFileSync(fileIn(), JSON.stringify({ ...kept(), ...change }));
const MARK = '// as it was kept';

it('keeps the bundle with every file that it is made of', async () => {
  const { code } = (await workflowBundle(folder)) as { code: string };
  expect(readdirSync(folder)).toHaveLength(1);
  expect(kept().code).toBe(code);
  const sources = Object.keys(kept().sources).join('\n');
  for (const part of [
    'src/workflows/desk.ts',
    'src/domain/incident/decide.ts',
    'zod/',
    '@temporalio/workflow/',
  ])
    expect(sources).toContain(part);
}, 300_000);

it('gives the kept one back as long as nothing changed', async () => {
  keep({ code: MARK });
  expect(await workflowBundle(folder)).toEqual({ code: MARK });
});

it.each([
  ['a source changed', () => ({ sources: { ...kept().sources, [fileIn()]: 'another digest' } })],
  ['a source is gone', () => ({ sources: { ...kept().sources, [join(folder, 'gone')]: 'its digest' } })],
  ['a file came that is found first', () => ({ missing: [fileIn()] })],
  ['what is kept is no bundle', () => ({ code: '' })],
])('gives nothing back when %s', (_what, change) => {
  const before = kept();
  expect(keptIn(fileIn())).toEqual({ code: MARK });
  keep(change());
  expect(keptIn(fileIn())).toBeNull();
  keep(before);
});

it('bundles anew then', async () => {
  keep({ sources: { ...kept().sources, [fileIn()]: 'another digest' } });
  const { code } = (await workflowBundle(folder)) as { code: string };
  expect(code).toContain('reversals');
  expect(kept().code).toBe(code);
}, 300_000);

it('bundles all the same where nothing can be kept', async () => {
  const { code } = (await workflowBundle(fileIn())) as { code: string };
  expect(code).toContain('reversals');
}, 300_000);
