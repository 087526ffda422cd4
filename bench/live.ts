/**
 * The labelled sessions of the data folder, span by span in the order in which they ended, through the live detector's
 * session: what it says at once, beside what the sealed session says. Prints one table; writes `bench/live.json`.
 *   npx tsx bench/live.ts [--data DIR]
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Finding } from '../src/domain/session/finding.ts';
import { contextOf } from '../src/forensics/analyse.ts';
import { observe } from '../src/forensics/observe.ts';
import { inStepOrder } from '../src/forensics/read/order.ts';
import type { RawSpan } from '../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../src/forensics/read/session.ts';
import { openLiveSession, type LiveSession } from '../src/live/session.ts';
import { readSet, type Recorded } from './live/sets.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['HOLDPOINT_DATA'] ?? resolve(root, '../shared/data') },
    set: {
      type: 'string',
      multiple: true,
      default: ['tau-clean', 'inject', 'agentrx-tau', 'tau-failed', 'who-and-when-ag', 'who-and-when-hc'],
    },
  },
});

const live = { mode: 'act', alertFrom: 'warning', containFrom: 'critical', lessons: 'contain' } as const;

const watched = ({ id, tools, profile }: Recorded, spans: readonly RawSpan[]): LiveSession => {
  const { similarity } = contextOf(sessionFromSpans([]), {});
  const context = { profile, tools, tokenBudget: null, similarity };
  const session = openLiveSession({
    agent: 'agent',
    sessionId: id,
    knowledge: { context, lessons: [], live },
    maxWeight: Infinity,
    onFailure: (error) => {
      throw error;
    },
  });
  for (const span of spans) session.take(span);
  return session;
};

const keyOf = ({ flag, severity, step, subject }: Finding): string =>
  `${flag}/${severity}/${step}/${subject?.tool ?? ''}/${subject?.path ?? ''}`;
const keysOf = (findings: readonly Finding[]): Set<string> => new Set(findings.map(keyOf));
const differ = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] => [
  ...[...a].filter((key) => !b.has(key)).map((key) => `+${key}`),
  ...[...b].filter((key) => !a.has(key)).map((key) => `-${key}`),
];
const isLoud = ({ severity }: Finding): boolean => severity !== 'info';

interface Row {
  set: string;
  sessions: number;
  steps: number;
  /** Sessions known to be good in which people would have been told, or the agent stopped. */
  clean: number;
  falseAlerts: number;
  sealedFindings: number;
  /** Sessions whose findings at once (warning or more; all) are not the sealed ones. */
  differAtOnce: number;
  differAtOnceWithInfo: number;
  /** The same once the session is over and was read in the order of its steps. */
  differSettled: number;
  inOrder: number;
}

const rowOf = (set: string): Row => {
  const sessions = readSet(values.data, set);
  const row: Row = {
    set,
    sessions: sessions.length,
    steps: 0,
    clean: 0,
    falseAlerts: 0,
    sealedFindings: 0,
    differAtOnce: 0,
    differAtOnceWithInfo: 0,
    differSettled: 0,
    inOrder: 0,
  };
  for (const recorded of sessions) {
    const session = sessionFromSpans([...recorded.spans], { sessionId: recorded.id });
    const sealed = observe(session, contextOf(session, recorded)).findings;
    const atOnce = watched(recorded, recorded.spans);
    const settled = atOnce.isInOrder
      ? atOnce.findings()
      : watched(recorded, inStepOrder([...recorded.spans]).spans).findings();
    row.steps += session.steps.length;
    row.sealedFindings += sealed.length;
    if (atOnce.isInOrder) row.inOrder += 1;
    if (recorded.isClean) {
      row.clean += 1;
      if (atOnce.findings().some(isLoud)) row.falseAlerts += 1;
    }
    const loud = differ(keysOf(atOnce.findings().filter(isLoud)), keysOf(sealed.filter(isLoud)));
    if (loud.length > 0) row.differAtOnce += 1;
    if (differ(keysOf(atOnce.findings()), keysOf(sealed)).length > 0) row.differAtOnceWithInfo += 1;
    const late = differ(keysOf(settled), keysOf(sealed));
    if (late.length > 0) row.differSettled += 1;
    if (process.env['SHOW'] && (loud.length > 0 || late.length > 0))
      process.stderr.write(`${set} ${recorded.id} at once ${loud.join(' ')} settled ${late.join(' ')}\n`);
  }
  return row;
};

const rows = values.set.map(rowOf);
process.stdout.write(
  [
    'set              sessions  steps  clean  false alerts  findings  at once ≠ sealed (with info)  settled ≠ sealed',
    ...rows.map((row) =>
      [
        row.set.padEnd(16),
        String(row.sessions).padStart(8),
        String(row.steps).padStart(6),
        String(row.clean).padStart(6),
        String(row.falseAlerts).padStart(13),
        String(row.sealedFindings).padStart(9),
        `${row.differAtOnce} (${row.differAtOnceWithInfo})`.padStart(29),
        String(row.differSettled).padStart(17),
      ].join(' '),
    ),
    '',
  ].join('\n'),
);
writeFileSync(
  join(root, 'bench', 'live.json'),
  `${JSON.stringify({ node: process.version, sets: rows }, null, 2)}\n`,
);
