import { mapBasis } from '../../../../src/domain/incident/basis.ts';
import type { RefusalCode } from '../../../../src/domain/incident/refusal.ts';
import type { ActionClass } from '../../../../src/domain/incident/vocabulary.ts';
import {
  actionClass,
  ana,
  ben,
  engine,
  kim,
  lee,
  letters,
  mia,
  owner,
  prose,
  report,
  sha,
  story,
  type Story,
  type Words,
} from '../story.ts';
import { refused, type Example } from './example.ts';

const analysed = (): Story => story().opened().contained().sealed().analysed();
const mapped = (classes?: ActionClass[]): Story => story().investigated(classes);
const moved = (life: Story): Story => life.give('confirmOrigin', ana, { sessionId: 's1', step: 4 });
const mapping = (
  life: Story,
  classes: ActionClass[] = [],
  basis = mapBasis(life.state),
): Words<'mapBlastRadius'> => ({
  basis,
  classes,
  attempted: 0,
  total: 0,
  subagents: 0,
});
/** Both classes replaced by an empty list. */
const replaced = (life: Story): Story => moved(life).mapped([]);
const unknownTool = letters({ classId: 'odd', tool: 'mystery', unknownTool: true });
const asking = (over: Partial<Words<'requestSignOff'>> = {}): Words<'requestSignOff'> => ({
  requestId: 'r1',
  classId: 'status',
  planSha256: sha('plan status'),
  remediation: null,
  ...over,
});

export const mappingExamples = [
  refused(
    'mapBlastRadius',
    'no-analysis',
    engine,
    () => story().opened().contained().sealed(),
    (life) => mapping(life),
  ),
  refused('mapBlastRadius', 'basis-changed', engine, analysed, (life) => mapping(life, [], 'map:older')),
  refused('mapBlastRadius', 'no-change', engine, mapped, (life) => mapping(life)),
  refused(
    'mapBlastRadius',
    'plan-changed',
    engine,
    () => moved(mapped()),
    (life) => mapping(life, [actionClass({ planSha256: sha('other') })]),
  ),
  refused('classifyActions', 'unknown-class', ana, mapped, {
    classId: 'nowhere',
    as: 'no_effect',
    reason: prose('x'),
  }),
  refused('classifyActions', 'class-superseded', ana, () => replaced(mapped([unknownTool])), {
    classId: 'odd',
    as: 'no_effect',
    reason: prose('x'),
  }),
  refused('classifyActions', 'not-unknown-tool', ana, mapped, {
    classId: 'status',
    as: 'no_effect',
    reason: prose('x'),
  }),
  refused('requestSignOff', 'unknown-class', ana, mapped, asking({ classId: 'nowhere' })),
  refused('requestSignOff', 'class-superseded', ana, () => replaced(mapped()), asking()),
  refused('requestSignOff', 'plan-changed', ana, mapped, asking({ planSha256: sha('other') })),
  refused(
    'requestSignOff',
    'unclassified-actions',
    ana,
    () => mapped([unknownTool]),
    asking({ classId: 'odd', planSha256: sha('plan odd'), remediation: prose('x') }),
  ),
  refused('requestSignOff', 'request-exists', ana, () => mapped().asked('r0', 'status'), asking()),
  refused(
    'requestSignOff',
    'remediation-needed',
    ana,
    mapped,
    asking({ classId: 'letters', planSha256: sha('plan letters') }),
  ),
  refused('requestSignOff', 'remediation-superfluous', ana, mapped, asking({ remediation: prose('x') })),
  refused('requestSignOff', 'nothing-to-sign', ana, () => mapped().reversed(), asking()),
];

const REVERSIBLE = 'r-status';
const IRREVERSIBLE = 'r-letters';
const asked = (): Story => mapped().asked(REVERSIBLE, 'status');
const askedBoth = (): Story => asked().asked(IRREVERSIBLE, 'letters', 'Call both applicants.', ana);
const typed = { typedCount: 2, reason: prose('It makes it good.') };
const denial = (
  life: Story,
  requestId: string,
  indices: 'all' | [number, number][],
): Words<'denyReversal'> => ({
  requestId,
  seen: life.seen(requestId),
  indices,
  reason: prose('This one was right.'),
});
const deny = (life: Story, requestId: string, indices: 'all' | [number, number][]): Story =>
  life.give('denyReversal', mia, denial(life, requestId, indices));
/** A remediation plan that was denied for one of its two actions is decided, though one action has no answer. */
const halfDenied = (): Story => deny(askedBoth(), IRREVERSIBLE, [[0, 0]]);
const shutDown = (): Story => replaced(asked());

/** The seven rules that signing, denying and breaking the glass share. */
function shared(type: 'signReversal' | 'denyReversal' | 'breakGlass'): Example[] {
  type Shared = Pick<Words<'signReversal'>, 'requestId' | 'seen' | 'indices'>;
  const one = (
    code: RefusalCode,
    life: () => Story,
    words: (life: Story) => Shared,
    nth = 1,
    by = kim,
  ): Example => {
    const more = { reason: prose('Because.') };
    if (type === 'signReversal')
      return refused(type, code, by, life, (l) => ({ ...words(l), ...more, typedCount: 1 }), nth);
    return refused(type, code, by, life, (l) => ({ ...words(l), ...more }), nth);
  };
  const whole =
    (requestId: string) =>
    (life: Story): Shared => ({ requestId, seen: life.seen(requestId), indices: 'all' });
  const some =
    (indices: [number, number][]) =>
    (life: Story): Shared => ({ requestId: REVERSIBLE, seen: life.seen(REVERSIBLE), indices });
  return [
    one('unknown-request', mapped, () => ({ requestId: 'nowhere', seen: sha('x'), indices: 'all' })),
    one('request-void', shutDown, whole(REVERSIBLE)),
    one('already-decided', halfDenied, whole(IRREVERSIBLE)),
    one('plan-changed', asked, () => ({ requestId: REVERSIBLE, seen: sha('what I saw'), indices: 'all' })),
    one('no-such-index', asked, some([[0, 4]])),
    one('already-decided', () => deny(asked(), REVERSIBLE, [[0, 0]]), some([[0, 0]]), 2),
    one('agent-owner', asked, whole(REVERSIBLE), 1, owner),
  ];
}

const broken = (by = ana): Story => {
  const life = asked();
  return life.give('breakGlass', by, denial(life, REVERSIBLE, [[0, 1]]));
};
const countersigning = { requestId: REVERSIBLE, reason: prose('I would have signed.') };

export const signOffExamples = [
  ...shared('signReversal'),
  refused(
    'signReversal',
    'own-request',
    kim,
    () => mapped().asked(REVERSIBLE, 'status', null, kim),
    (l) => l.signing(REVERSIBLE),
  ),
  refused(
    'signReversal',
    'already-signed',
    kim,
    () => {
      const life = askedBoth();
      return life.give('signReversal', kim, life.signing(IRREVERSIBLE, typed));
    },
    (l) => l.signing(IRREVERSIBLE, typed),
  ),
  refused('signReversal', 'count-needed', kim, askedBoth, (l) =>
    l.signing(IRREVERSIBLE, { ...typed, typedCount: 1 }),
  ),
  refused('signReversal', 'reason-needed', kim, askedBoth, (l) =>
    l.signing(IRREVERSIBLE, { ...typed, reason: null }),
  ),
  ...shared('denyReversal'),
  ...shared('breakGlass'),
  refused('countersign', 'unknown-request', kim, broken, { ...countersigning, requestId: 'nowhere' }),
  refused('countersign', 'no-break-glass', kim, asked, countersigning),
  refused('countersign', 'agent-owner', owner, broken, countersigning),
  refused('countersign', 'own-break-glass', kim, () => broken(kim), countersigning),
  refused(
    'countersign',
    'own-request',
    kim,
    () => {
      const life = mapped().asked(REVERSIBLE, 'status', null, kim);
      return life.give('breakGlass', ana, denial(life, REVERSIBLE, 'all'));
    },
    countersigning,
  ),
];

const signed = (): Story => {
  const life = asked();
  return life.give('signReversal', kim, life.signing(REVERSIBLE));
};
const signedPlan = (): Story => {
  const life = askedBoth();
  return life
    .give('signReversal', kim, life.signing(IRREVERSIBLE, typed))
    .give('signReversal', lee, life.signing(IRREVERSIBLE, typed));
};
const ordering = (over: Partial<Words<'orderReversals'>> = {}): Words<'orderReversals'> => ({
  batchId: 'b1',
  requestId: REVERSIBLE,
  indices: [[0, 1]],
  ...over,
});
const ordered = (): Story => signed().give('orderReversals', engine, ordering());
const uncertain = (): Story =>
  ordered().give('reportReversals', engine, report('b1', { done: [[0, 0]], uncertain: [[1, 1]] }));
const settling = (over: Partial<Words<'settleUncertain'>> = {}): Words<'settleUncertain'> => ({
  classId: 'status',
  indices: [[1, 1]],
  outcome: 'done',
  reason: prose('I looked.'),
  ...over,
});
const remedy = (over: Partial<Words<'recordRemediation'>> = {}): Words<'recordRemediation'> => ({
  classId: 'letters',
  indices: 'all',
  result: prose('Called both.'),
  ...over,
});

export const reversalExamples = [
  refused('orderReversals', 'unknown-request', engine, signed, ordering({ requestId: 'nowhere' })),
  refused('orderReversals', 'request-void', engine, shutDown, ordering()),
  refused('orderReversals', 'class-superseded', engine, () => replaced(signed()), ordering()),
  refused('orderReversals', 'not-reversible', engine, signedPlan, ordering({ requestId: IRREVERSIBLE })),
  refused('orderReversals', 'not-authorised', engine, asked, ordering()),
  refused(
    'orderReversals',
    'already-ordered',
    engine,
    ordered,
    ordering({ batchId: 'b2', indices: [[1, 2]] }),
  ),
  refused('reportReversals', 'unknown-batch', engine, ordered, report('nowhere')),
  refused('reportReversals', 'batch-reported', engine, uncertain, report('b1', { done: [[0, 1]] })),
  refused('reportReversals', 'outside-batch', engine, ordered, report('b1', { done: [[0, 2]] })),
  refused('settleUncertain', 'unknown-class', ben, uncertain, settling({ classId: 'nowhere' })),
  refused('settleUncertain', 'not-uncertain', ben, uncertain, settling({ indices: [[0, 1]] })),
  refused('recordRemediation', 'unknown-class', ana, signedPlan, remedy({ classId: 'nowhere' })),
  refused('recordRemediation', 'class-superseded', ana, () => replaced(signedPlan()), remedy()),
  refused('recordRemediation', 'not-irreversible', ana, signed, remedy({ classId: 'status' })),
  refused('recordRemediation', 'plan-unsigned', ana, askedBoth, remedy()),
  refused(
    'recordRemediation',
    'no-change',
    ana,
    () => signedPlan().give('recordRemediation', ana, remedy()),
    remedy(),
  ),
];
