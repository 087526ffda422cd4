import { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportSet } from '../../src/audit/export.ts';
import { registerAudit } from '../../src/cli/audit.ts';
import { registerProjection } from '../../src/cli/projection.ts';
import { createStore } from '../../src/store/create.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { ana, ben, recordAnswers, SEEN } from './answers.ts';
import { newFolder, removeFolder } from '../support/folder.ts';

let db: TestStore;
let dir: string;
let file: string;
beforeAll(async () => {
  db = await testStore();
  dir = newFolder();
  file = join(dir, 'all.jsonl');
  await recordAnswers(db.store);
  let text = '';
  for await (const line of exportSet(db.store, { fromMs: null, toMs: null, atMs: 1 })) text += line;
  writeFileSync(file, text);
});
afterAll(async () => {
  removeFolder(dir);
  await db.end();
});

/** Runs a command line in this process; the lines that it printed. */
const run = async (...args: string[]): Promise<string[]> => {
  let output = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    output += String(chunk);
    return true;
  });
  const before = process.exitCode;
  try {
    const program = new Command().exitOverride();
    const fromDatabase = () => createStore({ url: db.url, poolSize: 1 });
    registerAudit(program, fromDatabase);
    registerProjection(program, fromDatabase);
    await program.parseAsync(args, { from: 'user' });
    return output.trimEnd().split('\n');
  } finally {
    process.exitCode = before;
    write.mockRestore();
  }
};

describe('an auditor asks', () => {
  it('what one person decided, by name or by id, with what they saw and how they were known', async () => {
    const lines = await run('audit', 'signed-by', 'ana ruiz');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain(
      `inc-1 #4  Ana Ruiz (${ana}) [slack, slack-signature] seen ${SEEN}  signed 2 of send_letter (irreversible, remediation plan)`,
    );
    expect(lines[1]).toContain('inc-2 #4');
    expect(await run('audit', 'signed-by', ben)).toHaveLength(3);
    expect(await run('audit', 'signed-by', 'nobody')).toEqual(['none']);
  });

  it('who decided on which digest', async () => {
    expect(await run('audit', 'seen', SEEN.slice(0, 8))).toHaveLength(4);
    expect(await run('audit', 'seen', 'e'.repeat(8))).toEqual(['none']);
  });

  it('for every broken glass, and whether it was countersigned', async () => {
    const [open, closed] = await run('audit', 'break-glass');
    expect(open).toMatch(/broke the glass for 2 of send_letter .*: The window closes\.; NOT countersigned/);
    expect(closed).toMatch(/Nobody else was there\.; countersigned by person:ben at 2026-/);
  });

  it('for every late distribution, every dismissal with its reason, and the policy of the time', async () => {
    expect(await run('audit', 'late')).toEqual([
      expect.stringContaining('not distributed in time; open: distributed'),
      expect.stringContaining('distributed late, version 1'),
    ]);
    expect(await run('audit', 'dismissed')).toEqual([
      expect.stringContaining('dismissed; proposed by person:ben: A drill.'),
    ]);
    expect(await run('audit', 'policy', '--incident', 'inc-2')).toEqual([
      expect.stringMatching(/other-agent: \{.*"distributionMs":172800000.*"version":"default\/2"/),
    ]);
  });

  it('within a span of time, and as JSON', async () => {
    expect(await run('audit', 'late', '--to', '2020-01-01')).toEqual(['none']);
    const [first] = await run('audit', 'decisions', '--json', '--from', '2026-03-03T00:00Z');
    expect(JSON.parse(first ?? '')).toMatchObject({ incidentId: 'inc-1', seq: 4, by: ana, seen: SEEN });
    await expect(run('audit', 'late', '--to', 'yesterday')).rejects.toThrow(/2026-01-31T09:30Z/);
  });

  it('an export alone, without a database', async () => {
    const asked = await run('audit', 'break-glass', '--file', file);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toContain('The window closes.');
    expect(await run('audit', 'dismissed', '--file', file, '--incident', 'inc-2')).toEqual(['none']);
  });
});

describe('holdpoint audit export', () => {
  it('writes all, or those of a span of time, and says what it verifies', async () => {
    const out = join(dir, 'span.jsonl');
    await run('audit', 'export', '--from', '2026-03-03', '--to', '2999-01-01', '--out', out);
    expect(await run('audit', 'verify', out)).toEqual([
      'valid: 2 incidents, 15 records, signatures not checked: give --public-key',
    ]);
    expect((await run('audit', 'export', '--all'))[0]).toContain('"kind":"holdpoint-audit-set"');
  });

  it('asks what to export where nothing, or two things, are said', async () => {
    await expect(run('audit', 'export')).rejects.toThrow('Say what to export');
    await expect(run('audit', 'export', '--all', '--incident', 'inc-1')).rejects.toThrow(
      'Say what to export',
    );
  });
});

it('holdpoint projection rebuild says what differed', async () => {
  expect(await run('projection', 'rebuild', '--check')).toEqual([
    expect.stringMatching(/^2 incidents read in .* 0 differ$/),
  ]);
  await db.query(`update incident set title = 'x' where incident_id = 'inc-2'`);
  expect(await run('projection', 'rebuild')).toEqual([
    expect.stringMatching(/1 differed and were written again$/),
    '  inc-2',
  ]);
});
