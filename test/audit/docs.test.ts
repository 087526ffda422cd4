import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { registerAudit } from '../../src/cli/audit.ts';
import { testStore, type TestStore } from '../store/store.ts';

const text = readFileSync('docs/audit.md', 'utf8');

let db: TestStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.end());

it('names every column of the tables that an auditor reads', async () => {
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
    if (name === 'incident' || name === 'effect_ledger' || name === 'erasure') continue;
    for (const column of columns) expect(`${name}: ${says}`).toContain(`\`${String(column['name'])}\``);
  }
});

it('names every question that can be asked, and no other', () => {
  const program = new Command();
  registerAudit(program, () => Promise.reject(new Error('no store')));
  const known = program.commands[0]?.commands.map((command) => command.name()) ?? [];
  const named = new Set([...text.matchAll(/holdpoint audit ([a-z-]+)/g)].map(([, name]) => name));
  expect([...named].toSorted()).toEqual(known.filter((name) => name !== 'holds').toSorted());
});
