import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { setTimeout as pause } from 'node:timers/promises';
import type { IncidentEvent } from '../../src/domain/incident/event.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { incidentWorkflowId } from '../../src/workflows/ids.ts';
import { timeSkippingEnvironment } from '../support/temporal.ts';
import { person, proseOf, sha, source } from './support/cast.ts';
import { LARGEST_BYTES, MOST_EVENTS, runsOf, sizesOf, whyNotReplayed } from './support/histories.ts';
import { House } from './support/house.ts';

/** `npm run long-life` sends 5,000; the short form brings as many hand-overs with fewer. */
const NOTES = Number(process.env['HOLDPOINT_LONG_NOTES'] ?? 200);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LANES = 8;

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingEnvironment();
});
afterAll(() => env.teardown());

async function oldHouse(): Promise<House> {
  const house = new House(env);
  house.settings = {
    ...house.settings,
    searchAttributes: false,
    cardQuietMs: 1_000,
    continueAfter: NOTES >= 5_000 ? 1_000 : 40,
  };
  house.nowMs = () => env.currentTimeMs();
  house.policy = {
    ...house.policy,
    quorum: { reversible: 2, irreversible: 2 },
    signOffReminderMs: 6 * HOUR,
    signOffSecondaryMs: 12 * HOUR,
    signOffManagerMs: 24 * HOUR,
    signOffExpiryMs: 10 * DAY,
  };
  // A plan is of an origin and its sessions: another origin, another plan.
  const { mapBlastRadius } = house.recorded.activities;
  house.recorded.activities.mapBlastRadius = async (order) => {
    const map = await mapBlastRadius(order);
    const basis = JSON.stringify(
      order.sessions.map(({ sessionId, originSteps }) => [sessionId, originSteps]),
    );
    const classes = map.classes.map((one) => {
      const classId = `${one.classId}-${sha(basis).slice(0, 8)}`;
      return { ...one, classId, planSha256: sha(classId), planUri: `sha256:${sha(classId)}` };
    });
    return { ...map, classes };
  };
  return house;
}

async function addNotes(house: House, count: number): Promise<void> {
  const at = await env.currentTimeMs();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      const words = {
        type: 'addNote' as const,
        id: `note-${next}`,
        at,
        text: proseOf(`Seen so far: ${next}.`),
      };
      const signed = house.sign(words, person('ana'));
      // As the product does it: an update, and what finds no room among the updates in flight is left as a signal.
      if (next % 10 === 0) await house.signal(signed);
      else await house.update(signed).catch(() => house.signal(signed));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

const openRequest = async (house: House, isNew: (seen: string) => boolean) => {
  const state = await house.until('asked', (s) =>
    Object.values(s.signOffs).some((one) => one.status === 'open' && isNew(one.seen)),
  );
  return Object.values(state.signOffs).find((one) => one.status === 'open' && isNew(one.seen))!;
};

const sign = (house: House, { requestId, seen }: { requestId: string; seen: string }, by: string) =>
  house.send(
    { type: 'signReversal', requestId, seen, indices: 'all', reason: null, typedCount: null },
    person(by),
  );

/** Milliseconds after opening at which events of a type happened. */
const times = (log: IncidentEvent[], type: IncidentEvent['type']): number[] =>
  log.filter((event) => event.type === type).map((event) => event.at - (log[0]?.at ?? 0));
const onTime = (found: number[], due: number[]): void => {
  expect(found).toHaveLength(due.length);
  found.forEach((at, i) => {
    expect(at).toBeGreaterThanOrEqual(due[i] ?? 0);
    expect(at).toBeLessThan((due[i] ?? 0) + 1_000);
  });
};

/**
 * Skips time. The test server forgets to give back a lock on skipping when a run continues as new, and then its clock
 * goes at the usual pace: seen three times in a row, one lock is given back.
 */
async function skip(ms: number): Promise<void> {
  let isOver = false;
  const sleeping = env.sleep(ms).finally(() => (isOver = true));
  for (let last = await env.currentTimeMs(), still = 0; !isOver;) {
    await pause(1_000);
    const now = await env.currentTimeMs();
    still = now - last < 5_000 ? still + 1 : 0;
    last = now;
    if (isOver || still < 3) continue;
    await env.connection.testService?.unlockTimeSkipping({});
    still = 0;
  }
  await sleeping;
}

it('lives for 90 days through thousands of notes, three sessions and a corrected origin', async () => {
  const house = await oldHouse();
  let firstRunId = '';
  await house.live(async () => {
    await house.alert('s-1');
    firstRunId = (await house.handle.describe()).runId;
    await house.until('analysed', (s) => s.mode.suggested !== null && s.blast !== null);
    await house.send({ type: 'confirmMode', mode: 'tool_misfire', misfit: null });
    await house.send({ type: 'confirmOrigin', sessionId: 's-1', step: 4 });
    const first = await openRequest(house, () => true);
    await sign(house, first, 'ben');

    // Corrected after a signature: void, and asked again on another plan.
    await house.send({ type: 'confirmOrigin', sessionId: 's-1', step: 3 });
    const second = await openRequest(house, (seen) => seen !== first.seen);
    expect((await house.state()).signOffs[first.requestId]).toMatchObject({ status: 'void' });
    expect(second.signatures).toEqual([]);

    await addNotes(house, NOTES);
    await house.until('every note', (s) => s.notes === NOTES);

    await skip(3 * DAY);
    await house.until('breached', (s) => s.breachedAt !== null);
    for (const sessionId of ['s-2', 's-3']) {
      const at = await env.currentTimeMs();
      await house.update(house.sign({ ...house.alertWords(sessionId), at }, source));
      await house.until(`${sessionId} analysed`, (s) => s.sessions[sessionId]?.analysis != null);
    }
    await house.until('mapped again', (s) => s.signOffs[second.requestId]?.status === 'void');
    await skip(87 * DAY);

    const third = await openRequest(house, (seen) => ![first.seen, second.seen].includes(seen));
    expect(third.signatures).toEqual([]);
    await sign(house, third, 'ben');
    await sign(house, third, 'chidi');
    await house.until('reversed', (s) => Object.values(s.batches).some((batch) => batch.reported));
  });

  const { log, calls } = house.recorded;
  const ordered = [...log].sort((a, b) => a.seq - b.seq);
  expect(ordered.map(({ seq }) => seq)).toEqual(ordered.map((_, i) => i + 1));
  expect(ordered.filter(({ type }) => type === 'noteAdded')).toHaveLength(NOTES);
  expect(calls.filter((call) => call === 'reverseWindow')).toHaveLength(1);
  const { distributionRemindersMs: reminders, distributionMs } = defaultPolicy;
  onTime(times(ordered, 'distributionReminded'), reminders);
  onTime(times(ordered, 'distributionBreached'), [distributionMs]);
  const opened = ordered.findLast(({ type }) => type === 'signOffRequested')?.at ?? 0;
  const expiries = ordered.filter(({ type, at }) => type === 'signOffExpired' && at > opened);
  onTime(
    expiries.map(({ at }) => at - opened),
    expiries.map((_, i) => (i + 1) * 10 * DAY),
  );
  expect(expiries.length).toBeGreaterThanOrEqual(8);
  // In each round the request reminds, and wakes two more, before it is open again.
  const rounds = [0, ...expiries.map((_, i) => (i + 1) * 10 * DAY)];
  const inRounds = (type: IncidentEvent['type'], ...after: number[]): void => {
    const found = ordered
      .filter((event) => event.type === type && event.at > opened)
      .map(({ at }) => at - opened);
    const due = rounds.flatMap((round) => after.map((ms) => round + ms));
    onTime(found, due.slice(0, found.length));
    expect(found.length).toBeGreaterThanOrEqual(after.length * expiries.length);
  };
  inRounds('signOffReminded', 6 * HOUR);
  inRounds('signOffEscalated', 12 * HOUR, 24 * HOUR);

  const runs = await runsOf(env.client, incidentWorkflowId(house.incidentId), firstRunId);
  const sizes = sizesOf(runs);
  process.stderr.write(`long life of ${NOTES} notes: ${JSON.stringify(sizes)}\n`);
  // Commands that come while a run drains are its own: fewer runs than commands alone would make.
  expect(sizes.runs).toBeGreaterThanOrEqual(3);
  expect(sizes.mostEvents).toBeLessThanOrEqual(MOST_EVENTS);
  expect(sizes.largestBytes).toBeLessThanOrEqual(LARGEST_BYTES);
  expect(await whyNotReplayed(runs)).toEqual([]);
}, 1_200_000);
