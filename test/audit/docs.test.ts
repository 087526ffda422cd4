import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { ed25519 } from '@noble/curves/ed25519.js';
import { registerAudit } from '../../src/cli/audit.ts';
import { createStore } from '../../src/store/create.ts';
import { run } from '../cli/run.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import { recordAnswers, SEEN } from './answers.ts';
import { testStore, type TestStore } from '../store/store.ts';

const text = readFileSync('docs/audit.md', 'utf8');

const privateKey = ed25519.utils.randomSecretKey();

let db: TestStore;
beforeAll(async () => {
  db = await testStore({ signing: { keyId: 'k1', privateKey }, now: () => Date.UTC(2026, 1, 3) });
  await recordAnswers(db.store);
});
afterAll(() => db.end());

/** Of these it names the columns that matter to an auditor. */
const NAMED_IN_PART = ['incident', 'effect_ledger', 'erasure'];

it('names the columns of the tables that an auditor reads, and none that is not there', async () => {
  const tables = [...text.matchAll(/^\| `([a-z_]+)` +\| (.+?) *\|$/gm)].map(([, name = '', says = '']) => ({
    name,
    says,
  }));
  expect(tables.length).toBeGreaterThan(9);
  for (const { name, says } of tables) {
    const columns = await db.query(
      'select column_name as name from information_schema.columns where table_name = $1',
      [name],
    );
    expect({ name, columns: columns.length > 0 }).toEqual({ name, columns: true });
    const known = columns.map((column) => String(column['name']));
    const named = [...says.matchAll(/`([a-z0-9_]+)`/g)].map(([, word = '']) => word);
    expect({ name, unknown: named.filter((word) => !known.includes(word)) }).toEqual({ name, unknown: [] });
    if (NAMED_IN_PART.includes(name)) continue;
    expect({ name, left: known.filter((word) => !named.includes(word)) }).toEqual({ name, left: [] });
  }
});

it('names every question that can be asked, and no other', () => {
  const program = new Command();
  registerAudit(program, () => Promise.reject(new Error('no store')));
  const known = program.commands[0]?.commands.map((command) => command.name()) ?? [];
  const named = new Set([...text.matchAll(/holdpoint audit ([a-z-]+)/g)].map(([, name]) => name));
  expect([...named].toSorted()).toEqual(known.filter((name) => name !== 'holds').toSorted());
});

/** Words of a command line as a shell takes them: quotes hold together, a comment ends it. */
const wordsOf = (line: string): string[] =>
  [...line.replace(/\s#.*$/, '').matchAll(/"([^"]*)"|<[^>]*>|\S+/g)].map(([word, quoted]) => quoted ?? word);

const inBlocks = [...text.matchAll(/^```\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
  block.split('\n').map((line) => line.replace(/^\$ /, '')),
);
const inTable = [...text.matchAll(/^\|[^|]*\| `(holdpoint audit [^`]+)`/gm)].map(([, line = '']) => line);
const examples = [...inBlocks, ...inTable].filter((line) => line.startsWith('holdpoint audit '));

/** They need a run of the workflow (test/cli/history.test.ts), or the server's key (test/cli/wrong-use.test.ts). */
const ELSEWHERE = /^holdpoint audit (?:history|join|public-key)\b/;

it('has examples that all run as they stand, one after the other', async () => {
  const folder = newFolder();
  const before = process.cwd();
  const head = (await db.store.audit.head('inc-2'))?.head ?? '';
  let hold = '';
  const filled = (word: string): string => {
    if (word === '<base64>') return Buffer.from(ed25519.getPublicKey(privateKey)).toString('base64');
    if (word.startsWith('<digest')) return head;
    if (word === '<hold>') return hold;
    if (word === '3fa9') return SEEN.slice(0, 4);
    return word === '<id>' || /^loan-agent-[0-9a-f]{12}-\d+$/.test(word) ? 'inc-2' : word;
  };
  const said = new Map<string, string>();
  process.chdir(folder);
  try {
    for (const example of examples.filter((line) => !ELSEWHERE.test(line))) {
      const args = wordsOf(example).slice(1).map(filled);
      const { output, code } = await run(args, () => createStore({ url: db.url, poolSize: 1 }));
      expect({ example, code }).toEqual({ example, code: 0 });
      hold = /^hold (\S+) stands/m.exec(output)?.[1] ?? hold;
      said.set(args[1] ?? '', output);
    }
  } finally {
    process.chdir(before);
    removeFolder(folder);
  }
  expect(said.get('verify')).toMatch(/^valid: 2 incidents, \d+ records, \d+ signed heads$/m);
  expect(said.get('lift')).toContain('is lifted');
  for (const question of [
    'signed-by',
    'seen',
    'decisions',
    'break-glass',
    'late',
    'policy',
    'dismissed',
    'endings',
    'erasures',
  ])
    expect(`${question}: ${said.get(question)}`).toMatch(/: \d{4}-\d\d-\d\dT.*inc-/);
});

it('has SQL that runs', async () => {
  const queries = [...text.matchAll(/^```sql\n([\s\S]*?)^```$/gm)].map(([, sql = '']) => sql);
  expect(queries.length).toBeGreaterThan(0);
  for (const sql of queries) expect((await db.query(sql)).length).toBeGreaterThan(0);
});
