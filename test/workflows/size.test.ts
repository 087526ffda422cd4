import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ActionClass } from '../../src/domain/incident/vocabulary.ts';
import { rangesOf, sizeOf, type Ranges } from '../../src/domain/incident/ranges.ts';
import { incidentWorkflowId } from '../../src/workflows/ids.ts';
import { testEnvironment } from '../support/temporal.ts';
import { person, proseOf, sha } from './support/cast.ts';
import { LARGEST_BYTES, MOST_EVENTS, runsOf, sizesOf, whyNotReplayed } from './support/histories.ts';
import { House } from './support/house.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
});
afterAll(() => env.teardown());

const CLASSES = 40;
const ACTIONS_EACH = 125;
const PEOPLE = 300;

const classOf = (i: number): ActionClass => ({
  classId: `act-${i}`,
  tool: `act_${i}`,
  kind: 'reversible',
  strategy: `act_${i}(back)`,
  count: ACTIONS_EACH,
  planSha256: sha(`act-${i}`),
  planUri: `sha256:${sha(`act-${i}`)}`,
  uncertain: 0,
  unknownTool: false,
  windowClosesAtMs: null,
});
const people = Array.from({ length: PEOPLE }, (_, i) => `person-${i}`);
/** Every other action: a set that cannot be written shorter. */
const odd: Ranges = rangesOf(Array.from({ length: ACTIONS_EACH }, (_, i) => i).filter((i) => i % 2 === 1));

/** How many have signed a request, on record. */
const signedOf = ({ recorded: { log } }: House, requestId: string): number =>
  log.filter((event) => event.type === 'reversalSigned' && event.data.requestId === requestId).length;

it('carries 5,000 actions in 40 classes and 300 people who click, in payloads of at most 256 kB', async () => {
  const house = new House(env, { uncertain: odd });
  house.settings = { ...house.settings, continueAfter: 150 };
  house.policy = { ...house.policy, quorum: { reversible: 2, irreversible: 2 } };
  house.recorded.activities.mapBlastRadius = async () => ({
    classes: Array.from({ length: CLASSES }, (_, i) => classOf(i)),
    attempted: 0,
    total: CLASSES * ACTIONS_EACH,
    subagents: 0,
  });
  house.recorded.activities.refreshApprovers = async () => ({
    approverIds: people,
    because: 'configuration',
  });
  let firstRunId = '';
  let stateBytes = 0;
  const taken = { signed: 0, left: 0 };
  const refusedFor: string[] = [];
  await house.live(async () => {
    await house.alert();
    firstRunId = (await house.handle.describe()).runId;
    await house.until('mapped', (s) => s.mode.suggested !== null && s.blast !== null, 60_000);
    await house.send({ type: 'confirmMode', mode: 'tool_misfire', misfit: null });
    await house.send({ type: 'confirmOrigin', sessionId: 's-1', step: 4 });
    const asked = await house.until('asked', (s) => Object.keys(s.signOffs).length === CLASSES, 60_000);
    const requests = Object.values(asked.signOffs);

    // Everybody has a say on the same request at once: one signs the even actions, the next the odd ones.
    const [first, ...others] = requests;
    const clicks = people.map((id, i) => {
      const { requestId, seen } = first!;
      const indices: Ranges = i % 2 === 0 ? [[i % ACTIONS_EACH, i % ACTIONS_EACH]] : odd.slice(0, 30);
      const words = { requestId, seen, indices, reason: null, typedCount: null };
      return house.sign({ type: 'signReversal', id: `click-${i}`, ...words }, person(id));
    });
    await Promise.all(
      clicks.map(async (signed) => {
        try {
          await house.update(signed);
          taken.signed += 1;
        } catch (error) {
          if (error instanceof WorkflowUpdateFailedError) {
            refusedFor.push((error.cause as ApplicationFailure).message);
            return;
          }
          // Too many at once: as the product does, it is left as a signal, to be decided later.
          taken.left += 1;
          await house.signal(signed);
        }
      }),
    );
    for (const { requestId, seen } of others)
      for (const id of ['person-0', 'person-1']) {
        const words = { requestId, seen, indices: 'all', reason: null, typedCount: null };
        await house.send({ type: 'signReversal', ...words }, person(id));
      }
    const ran = await house.until(
      'reversed',
      (s) => Object.values(s.batches).filter(({ reported }) => reported).length >= CLASSES - 1,
      120_000,
    );
    stateBytes = Buffer.byteLength(JSON.stringify(ran));
    const [one] = Object.values(ran.classes).filter(({ spec }) => spec.classId !== first!.classId);
    expect(sizeOf(one!.uncertain)).toBe(sizeOf(odd));
    await house.send({ type: 'addNote', text: proseOf('All is asked for.') });
    // What was left as a signal is decided later: signed, or its giver is told why not.
    const decidedLater = () => house.recorded.calls.filter((call) => call.startsWith('refusal ')).length;
    await house.until(
      'every click answered',
      () => signedOf(house, first!.requestId) + refusedFor.length + decidedLater() >= PEOPLE,
      300_000,
    );
    expect(signedOf(house, first!.requestId) + refusedFor.length + decidedLater()).toBe(PEOPLE);
    await house.until(
      'on record',
      ({ seq }) => house.recorded.log.some((event) => event.seq === seq),
      60_000,
    );
  });
  const runs = await runsOf(env.client, incidentWorkflowId(house.incidentId), firstRunId);
  const sizes = sizesOf(runs);
  process.stderr.write(
    `size: ${JSON.stringify({ ...sizes, stateBytes, ...taken, refused: refusedFor.length })}\n`,
  );
  expect(taken.signed + taken.left + refusedFor.length).toBe(PEOPLE);
  expect(new Set(refusedFor.map((why) => /decided|signed/i.test(why)))).toEqual(new Set([true]));
  expect(sizes.mostEvents).toBeLessThanOrEqual(MOST_EVENTS);
  expect(sizes.largestBytes).toBeLessThanOrEqual(LARGEST_BYTES);
  expect(await whyNotReplayed(runs)).toEqual([]);
}, 900_000);
