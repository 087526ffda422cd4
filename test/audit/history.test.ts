import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { temporal } from '@temporalio/proto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  type ErasedRun,
  inRunOrder,
  joinHistories,
  readRunHistory,
  type RunHistory,
} from '../../src/audit/history.ts';

const FOLDER = join(__dirname, '../histories');

/** Recorded runs of incidents, as the archive keeps them. */
const recorded = (release: string, pattern: RegExp): RunHistory[] =>
  readdirSync(join(FOLDER, release))
    .filter((name) => pattern.test(name))
    .map((name) => {
      const history = temporal.api.history.v1.History.decode(
        gunzipSync(readFileSync(join(FOLDER, release, name))),
      );
      return readRunHistory(JSON.parse(historyToJSON(history)), name);
    });
const rowsOf = (runs: readonly RunHistory[]) =>
  [...new Map(runs.flatMap((run) => [...run.recorded]))]
    .toSorted(([a], [b]) => a - b)
    .map(([seq, event]) => ({ seq, event: JSON.parse(event) as Record<string, unknown> }));

const endedOf = (release: string): RunHistory => {
  const [ended] = recorded(release, /^phase-ended/);
  if (!ended) throw new Error('no recorded history');
  return ended;
};
const ended = endedOf('v1');
const rows = rowsOf([ended]);

it.each(readdirSync(FOLDER))('reads a run of %s: how it closed, and what it sent, in order', (release) => {
  const run = endedOf(release);
  const sent = rowsOf([run]);
  expect(run).toMatchObject({ previousRunId: null, closed: 'COMPLETED' });
  expect(sent.length).toBeGreaterThan(20);
  expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, index) => index + 1));
});

it('joins the log with the histories that sent it', () => {
  expect(joinHistories(rows, [ended])).toEqual({ joined: rows.length, problems: [], untold: [] });
});

it('names a record that no history sent, one that it sent otherwise, and one that the log lacks', () => {
  const changed = rows
    .filter(({ seq }) => seq !== 4)
    .map((row) => (row.seq === 6 ? { ...row, event: { ...row.event, at: 1 } } : row));
  const { joined, problems } = joinHistories([...changed, { seq: 9_999, event: {} }], [ended]);
  expect(problems).toEqual([
    'No history sent record 9999.',
    'Record 6 is not what the history sent.',
    'The log lacks record 4, which a history sent.',
  ]);
  expect(joined).toBe(rows.length - 2);
});

it('says in one line that a log has no history', () => {
  const { joined, problems } = joinHistories(rows, []);
  expect([joined, problems]).toEqual([0, [`No history sent records 1 to ${rows.length}.`]]);
});

it('leaves to an erased run what it may have sent, and nothing that stands among what another sent', () => {
  const erased: ErasedRun = { kind: 'holdpoint-erased-history', runId: 'r', sha256: 'x', erasure: null };
  const later = { ...ended, previousRunId: 'r', recorded: new Map([...ended.recorded].slice(5)) };
  later.recorded.delete(10);
  expect(inRunOrder([later], [erased]).problems).toEqual([]);
  expect(joinHistories(rows, [later], [erased])).toEqual({
    joined: rows.length - 6,
    untold: ['records 1 to 5'],
    problems: ['No history sent record 10.'],
  });
  expect(joinHistories(rows, [later, { ...ended, runId: 'r' }], [erased]).untold).toEqual([]);
});

it('puts runs in order, and says which is missing between them', () => {
  const run = (runId: string, previousRunId: string | null): RunHistory => ({
    ...ended,
    runId,
    previousRunId,
  });
  const chain = [run('c', 'b'), run('a', null), run('b', 'a')];
  expect(inRunOrder(chain).runs.map(({ runId }) => runId)).toEqual(['a', 'b', 'c']);
  expect(inRunOrder([run('c', 'b'), run('a', null)]).problems).toEqual([
    'Run b, which run c continued, is missing.',
  ]);
});

it('refuses what is no history', () => {
  for (const value of [null, {}, { events: [] }, { events: [{ eventType: 'x' }] }])
    expect(() => readRunHistory(value, 'r')).toThrow('does not begin with its start');
});
