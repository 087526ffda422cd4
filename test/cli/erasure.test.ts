import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { ended, history, numbered } from '../store/events.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { run } from './run.ts';

let db: TestStore;
beforeAll(async () => {
  db = await testStore();
  for (const id of ['inc-1', 'inc-2', 'inc-3', 'inc-open']) {
    await db.store.audit.append(id, history(id, 4));
    await db.store.erasures.keyFor(id);
    await db.store.erasures.keyFor(`${id}/history`);
    if (id !== 'inc-open') await db.store.audit.append(id, numbered([ended], 5));
  }
});
afterAll(() => db.end());

const fromDatabase = (): Promise<Store> => createStore({ url: db.url, poolSize: 1 });
const audit = async (...args: string[]): Promise<string> => {
  const { output, code } = await run(['audit', ...args], fromDatabase);
  expect(code).toBe(0);
  return output;
};
const refused = (...args: string[]): Promise<string> =>
  run(['audit', ...args], fromDatabase).then(
    () => 'taken',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
const ana = ['--by', 'person:ana', '--reason', 'request 2026-118'];

test('a hold stands until it is lifted, and nothing is erased meanwhile', async () => {
  const placed = await audit('hold', 'inc-1', '--by', 'person:ben', '--reason', 'case 77');
  const [, hold = ''] = /^hold (\S+) stands on inc-1$/m.exec(placed) ?? [];
  expect(hold).not.toBe('');
  expect(await audit('holds')).toMatch(new RegExp(`inc-1  hold ${hold}  person:ben: case 77`));
  expect(await refused('erase', 'inc-1', '--evidence', '--words', ...ana)).toMatch(
    /legal hold .*case 77.*lift it first/,
  );
  expect(await audit('retain', '--evidence', '1d', '--words', '1d', '--dry-run')).not.toContain('inc-1,');
  expect(await audit('lift', 'inc-1', hold, '--by', 'person:ben')).toContain(
    `hold ${hold} on inc-1 is lifted`,
  );
  expect(await refused('lift', 'inc-1', hold, '--by', 'person:ben')).toContain('No hold');
  expect(await audit('holds')).toBe('none\n');
});

test('erasing says what it did, keeps who and why, and asks for what is missing', async () => {
  expect(await audit('erasures')).toBe('none\n');
  expect(await audit('erase', 'inc-1', '--evidence', '--words', ...ana)).toBe(
    'the key of inc-1 is destroyed\n3 texts of inc-1 are erased\n',
  );
  expect(await audit('erase', 'inc-1', '--evidence', ...ana)).toContain('has no key');
  const said = await audit('erasures');
  expect(said).toMatch(/inc-1  evidence  person:ana: request 2026-118/);
  expect(said).toMatch(/inc-1  words  person:ana: request 2026-118/);
  expect(await refused('erase', 'inc-1', ...ana)).toContain(
    'Say what to erase: --evidence, --words, or both.',
  );
  expect(await refused('erase', 'inc-nobody', '--words', ...ana)).toContain(
    'There is no incident inc-nobody',
  );
  expect(await refused('erase', 'inc-1', '--words')).toContain('--by');
});

test('of an open incident words go, evidence stays, and the history is said to keep the words', async () => {
  expect(await refused('erase', 'inc-open', '--evidence', ...ana)).toContain('inc-open is open');
  expect(await audit('erase', 'inc-open', '--words', ...ana)).toBe(
    '3 texts of inc-open are erased\nthe history of its workflow keeps them: erase again once inc-open has ended\n',
  );
});

test('retention says what is due, erases it once, and refuses an age that is none', async () => {
  const dry = await audit('retain', '--evidence', '1d', '--dry-run');
  expect(dry).toMatch(/evidence of inc-2, ended .*, would be erased/);
  expect(dry).not.toContain('inc-open');
  expect(await db.store.erasures.keyOf('inc-2')).not.toBeNull();
  const done = await audit('retain', '--evidence', '1d', '--words', '1d');
  for (const what of ['evidence', 'words'])
    for (const id of ['inc-2', 'inc-3'])
      expect(done).toMatch(new RegExp(`${what} of ${id}, ended .*: erased`));
  expect(await audit('retain', '--evidence', '1d', '--words', '1d')).toBe(
    'no evidence older than 1d\nno words older than 1d\n',
  );
  expect(await db.store.erasures.keyOf('inc-2')).toBeNull();
  expect(await refused('retain', '--evidence', 'soon')).toContain('write a duration such as 365d');
  expect(await refused('retain')).toContain('Say the ages');
});
