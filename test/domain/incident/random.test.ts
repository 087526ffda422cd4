import fc from 'fast-check';
import { lessonBasis } from '../../../src/domain/incident/basis.ts';
import { openItems } from '../../../src/domain/incident/checklist.ts';
import type { Command, CommandType } from '../../../src/domain/incident/command.ts';
import { decide, decisions } from '../../../src/domain/incident/decide.ts';
import type { DecisionTable } from '../../../src/domain/incident/decisions/table.ts';
import { fold } from '../../../src/domain/incident/evolve.ts';
import { Fact, IncidentEvent, type FactType } from '../../../src/domain/incident/event.ts';
import { phaseOf, phases, type Phase } from '../../../src/domain/incident/phase.ts';
import type { RefusalCode } from '../../../src/domain/incident/refusal.ts';
import type { IncidentState } from '../../../src/domain/incident/state.ts';
import { play } from './random/sequence.ts';
import { Witness } from './random/witness.ts';
import { alert, ana, engine, kim, prose, receiveAlert, seal, source, story, type Story } from './story.ts';

const RUNS = 10_000;
const seed = Number(process.env['HOLDPOINT_TEST_SEED'] ?? 20_260_301);

/** A number a command; without bias, for a number means nothing by itself. */
const sequences = fc.array(fc.noBias(fc.integer()), { minLength: 20, maxLength: 130, size: 'max' });

/** Freezes what is new in a state, so that a decision that writes to it fails at once. */
function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
  return value;
}

const tally = new Map<string, number>();
const count = (marks: Iterable<string>): void => {
  for (const mark of new Set(marks)) tally.set(mark, (tally.get(mark) ?? 0) + 1);
};
/** Of the sequences that were watched closely, which carry the phases; the others are counted by their events. */
let watched = 0;
const share = (mark: string): number => (tally.get(mark) ?? 0) / (mark.startsWith('phase ') ? watched : RUNS);

/** What a sequence came through, as marks that are counted once a sequence. */
function marksOf(events: IncidentEvent[], reached: Set<Phase>, accepted: Set<CommandType>): string[] {
  const types = events.map((event) => event.type);
  const marks = [
    ...[...reached].map((phase) => `phase ${phase}`),
    ...[...accepted].map((type) => `command ${type}`),
    ...types.map((type) => `event ${type}`),
  ];
  const end = events.at(-1);
  if (end?.type === 'incidentEnded')
    marks.push(`ended ${end.data.status}${end.data.status === 'closed' && end.data.late ? ' late' : ''}`);
  const signed = types.indexOf('reversalSigned');
  if (signed >= 0 && types.lastIndexOf('blastRadiusMapped') > signed)
    marks.push('mapped again after a signature');
  if (types.filter((type) => type === 'postmortemFinalised').length > 1) marks.push('a second version');
  if (events.some((event) => event.type === 'reversalsReported' && event.data.uncertain.length > 0))
    marks.push('uncertain');
  if (events.some((event) => event.type === 'sessionSealed' && event.data.seal.sealNumber > 1))
    marks.push('a later seal');
  return marks;
}

it(`keeps every promise over ${RUNS} random sequences of commands`, () => {
  let commands = 0;
  let refusals = 0;
  let largest = 0;
  fc.assert(
    fc.property(sequences, (numbers) => {
      const witness = new Witness();
      const reached = new Set<Phase>();
      const accepted = new Set<CommandType>();
      const closely = (numbers[0] ?? 0) % 4 === 0;
      const twice = (numbers[0] ?? 0) % 40 === 0;
      if (closely) watched += 1;
      const { events, state } = play(numbers, {
        refused: (before, command) => {
          commands += 1;
          refusals += 1;
          if (twice) sameAnswer(before, command);
        },
        accepted: (before, command, told, after) => {
          commands += 1;
          told.forEach((event) => witness.see(event));
          if (told.length > 0) accepted.add(command.type);
          if (closely) reached.add(phaseOf(freeze(after)));
          if (twice) sameAnswer(before, command);
        },
      });
      count(marksOf(events, reached, accepted));
      const text = JSON.stringify(state);
      largest = Math.max(largest, text.length);
      expect(JSON.stringify(fold(events))).toBe(text);
      agree(state, witness);
      if (closely)
        expect(JSON.stringify(fold(JSON.parse(JSON.stringify(events)) as IncidentEvent[]))).toBe(text);
      if (twice) {
        expect(JSON.parse(text)).toEqual(state);
        events.forEach((event) => IncidentEvent.parse(event));
      }
    }),
    { numRuns: RUNS, seed },
  );
  process.stderr.write(
    `${commands} commands, ${refusals} refused; largest state ${largest} characters; seed ${seed}\n`,
  );
  expect(largest).toBeLessThan(100_000);
  expect(refusals / commands).toBeGreaterThan(0.05);
}, 1_200_000);

/** The same state and command give the same answer, from the same JSON, and leave both as they were. */
function sameAnswer(state: IncidentState, command: Command): void {
  const before = JSON.stringify(state);
  const answers = [
    decide(state, command),
    decide(JSON.parse(before) as IncidentState, structuredClone(command)),
  ].map((answer) => JSON.stringify(answer));
  expect(answers[0]).toBe(answers[1]);
  expect(JSON.stringify(state)).toBe(before);
}

/** The checklist of the decider and the one that the witness went through say the same. */
function agree(state: IncidentState, witness: Witness): void {
  if (state.status === 'none') return;
  const open = Object.entries(witness.closing.items()).flatMap(([item, proven]) => (proven ? [] : [item]));
  expect(openItems(state).sort()).toEqual(open.sort());
}

describe('the sequences went everywhere', () => {
  const least: Record<Phase, number> = {
    find_session: 0.05,
    contain: 0.95,
    preserve: 0.9,
    classify: 0.9,
    locate: 0.85,
    map: 0.8,
    sign_off: 0.8,
    postmortem: 0.35,
    distribute: 0.2,
    close: 0.15,
    ended: 0.2,
  };

  it.each([...phases])('phase %s', (phase) => expect(share(`phase ${phase}`)).toBeGreaterThan(least[phase]));

  it.each([
    ['ended closed', 0.1],
    ['ended closed late', 0.01],
    ['ended dismissed', 0.01],
    ['ended merged', 0.01],
    ['ended resolved_as_bug', 0.005],
    ['mapped again after a signature', 0.05],
    ['a later seal', 0.05],
    ['a second version', 0.02],
    ['uncertain', 0.1],
    ['event glassBroken', 0.03],
    ['event glassCountersigned', 0.02],
    ['event signOffExpired', 0.02],
    ['event signOffVoided', 0.05],
    ['event classSuperseded', 0.1],
    ['event reversalDenied', 0.03],
    ['event postmortemReopened', 0.03],
    ['event distributionBreached', 0.05],
    ['event quorumUnreachable', 0.01],
  ])('%s', (mark, atLeast) => expect(share(mark)).toBeGreaterThan(atLeast));

  it('every command was accepted at some time, and every event happened', () => {
    const types = Object.keys(decisions) as CommandType[];
    expect(types.filter((type) => share(`command ${type}`) === 0)).toEqual([]);
    const facts = Fact.options.map((option) => option.shape.type.value) as FactType[];
    expect(facts.filter((type) => share(`event ${type}`) === 0)).toEqual([]);
  });
});

describe('the witness is not blind: it notices when a rule is missing', () => {
  const critical: [CommandType, RefusalCode, RegExp][] = [
    ['suggestAnalysis', 'not-contained', /containment comes before anything is read/],
    ['signReversal', 'own-request', /nobody signs their own request/],
    ['signReversal', 'agent-owner', /no owner of the agent answers/],
    ['signReversal', 'plan-changed', /bound to the current digest/],
    ['countersign', 'own-break-glass', /another person countersigns/],
    ['orderReversals', 'not-authorised', /no reversal without a valid sign-off/],
    ['orderReversals', 'already-ordered', /nothing is reversed twice/],
    ['settleUncertain', 'not-uncertain', /a person settles what is uncertain/],
    ['editSection', 'remediation-open', /starts when every plan is documented/],
    ['reportReceipt', 'receipt-settled', /only what is pending is sent/],
    ['secondEnding', 'own-ending', /another ending takes two people/],
    ['requestClose', 'items-open', /no closure with an open item/],
  ];

  it.each(critical)('%s / %s', (type, code, promise) => {
    const rules = decisions[type].rules.filter((rule) => rule.code !== code);
    const table = { ...decisions, [type]: { ...decisions[type], rules } } as DecisionTable;
    const broken = fc.check(
      fc.property(sequences, (numbers) => {
        const witness = new Witness();
        play(
          numbers,
          { accepted: (_before, _command, told) => told.forEach((event) => witness.see(event)) },
          table,
        );
      }),
      { numRuns: 3_000, seed, endOnFailure: true },
    );
    expect(broken.failed).toBe(true);
    expect(String(broken.errorInstance)).toMatch(promise);
  });
});

describe('an incident may be open for months', () => {
  const size = (life: Story): number => JSON.stringify(life.state).length;

  it.each<[string, (life: Story, i: number) => unknown]>([
    [
      'alerts',
      (life, i) =>
        life.give('receiveAlert', source, receiveAlert({ alert: alert({ alertId: `alert-${i % 10}` }) })),
    ],
    ['notes', (life) => life.give('addNote', ana, { text: prose('x'.repeat(3_000)) })],
    [
      'later seals and analyses',
      (life, i) => {
        const sealNumber = i + 2;
        life.sealed({ sealNumber }).analysed({ manifestSha256: seal({ sealNumber }).manifestSha256 });
      },
    ],
    [
      'corrected origins and new maps',
      (life, i) => life.give('confirmOrigin', ana, { sessionId: 's1', step: 4 - (i % 2) }).mapped(),
    ],
    [
      'signatures that expire',
      (life) => {
        life.approvers().give('signReversal', kim, life.signing('r2', { typedCount: 2, reason: prose('x') }));
        for (const minutes of [10, 10, 20, 20]) life.wait(minutes * 60_000).give('tick', engine, {});
      },
    ],
    ['approver lists', (life) => life.approvers()],
    [
      'edits',
      (life, i) => {
        const baseSha256 = life.state.postmortem.sections.impact?.text.sha256 ?? null;
        life.give('editSection', ana, { section: 'impact', text: prose(`Words ${i % 7}`), baseSha256 });
      },
    ],
    [
      'proofs',
      (life, i) =>
        life.give('proveItem', engine, {
          item: 'eval_regression',
          ok: i % 2 === 0,
          basis: lessonBasis(life.state),
          proof: 'It was run.',
        }),
    ],
    ['owners', (life, i) => life.give('handOver', ana, { to: `slack:U${i % 9}` })],
  ])('its state does not grow with %s', (what, again) => {
    const life =
      what === 'edits'
        ? story().investigated().remediated()
        : story().investigated().asked('r2', 'letters', 'x', ana);
    const sizes = [0, 1].map((round) => {
      for (let i = 0; i < 600; i += 1) again(life, round * 600 + i);
      return size(life);
    });
    expect(sizes[1]).toBeLessThan(sizes[0]! * 1.1);
    expect(sizes[1]).toBeLessThan(40_000);
  });
});
