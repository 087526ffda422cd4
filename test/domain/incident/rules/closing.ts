import type { Section } from '../../../../src/domain/incident/vocabulary.ts';
import {
  actionClass,
  ana,
  ben,
  engine,
  HOUR,
  mia,
  prose,
  sha,
  story,
  type Story,
  type Words,
} from '../story.ts';
import { refused } from './example.ts';

const mapped = (): Story => story().investigated();
const unmapped = (): Story => story().opened().contained().sealed().analysed();
const ready = (): Story => mapped().remediated();
const edit = (over: Partial<Words<'editSection'>> = {}): Words<'editSection'> => ({
  section: 'impact',
  text: prose('Two letters went out.'),
  baseSha256: null,
  ...over,
});
const draft = { section: 'impact' as Section, text: prose('Draft.') };
const edited = (): Story => ready().give('editSection', ana, edit());
const factor = (n: number, kind: Words<'addFactor'>['kind'] = 'process'): Words<'addFactor'> => ({
  factorId: `f${n}`,
  kind,
  text: prose(`Factor ${n}`),
});
const factors = (kinds: Words<'addFactor'>['kind'][]): Story =>
  kinds.reduce((life, kind, i) => life.give('addFactor', ana, factor(i + 1, kind)), mapped());
const three = (): Story => factors(['process', 'process', 'prompt_design']);
const all = { factorIds: ['f1', 'f2', 'f3'] };
const link = {
  item: 'eval_regression' as const,
  link: 'https://evals.example.org/1',
  reason: prose('It runs there.'),
};

export const postmortemExamples = [
  refused('draftSection', 'map-first', engine, unmapped, draft),
  refused('draftSection', 'remediation-open', engine, mapped, draft),
  refused('draftSection', 'section-changed', engine, edited, draft),
  refused('editSection', 'map-first', ana, unmapped, edit()),
  refused('editSection', 'remediation-open', ana, mapped, edit()),
  refused(
    'editSection',
    'section-changed',
    ben,
    edited,
    edit({ text: prose('Other words.'), baseSha256: sha('what I saw') }),
  ),
  refused('editSection', 'no-change', ben, edited, edit({ baseSha256: sha('Two letters went out.') })),
  refused('addFactor', 'factor-exists', ana, three, { ...factor(4), text: prose('Factor 1') }),
  refused(
    'addFactor',
    'too-many-factors',
    ana,
    () => factors(Array.from({ length: 50 }, () => 'process')),
    factor(51),
  ),
  refused('removeFactor', 'unknown-factor', ana, three, { factorId: 'nowhere' }),
  refused('attestFactors', 'too-few-factors', ana, () => factors(['process', 'prompt_design']), {
    factorIds: ['f1', 'f2'],
  }),
  refused('attestFactors', 'too-few-kinds', ana, () => factors(['process', 'process', 'process']), all),
  refused('attestFactors', 'factors-changed', ana, three, { factorIds: ['f1', 'f2'] }),
  refused('attestFactors', 'no-change', ben, () => three().give('attestFactors', ana, all), all),
  refused('proveItem', 'basis-changed', engine, mapped, {
    item: 'alert_or_flag',
    ok: true,
    basis: 'lesson:older',
    proof: 'x',
  }),
  refused('attestItem', 'origin-first', ana, unmapped, link),
  refused('attestItem', 'nothing-missing', ana, mapped, { ...link, item: 'trace_exported' }),
  refused('attestItem', 'own-attestation', ana, () => mapped().give('attestItem', ana, link), link),
  refused('finalisePostmortem', 'map-first', ana, unmapped, {}),
  refused('finalisePostmortem', 'remediation-open', ana, mapped, {}),
  refused('finalisePostmortem', 'items-open', ana, () => ready().sections(), {}),
  refused(
    'finalisePostmortem',
    'sections-missing',
    ana,
    () => mapped().reversed().remediated().factors().gap().proven(),
    {},
  ),
  refused('finalisePostmortem', 'already-final', ana, () => story().final(), {}),
];

const final = (): Story => story().final();
const planned = (): Story => final().planned();
const planning = (over: Partial<Words<'planDistribution'>> = {}): Words<'planDistribution'> => ({
  version: 1,
  documentSha256: sha('document'),
  documentUri: 'evidence:document',
  recipients: [
    { recipientId: 'p', kind: 'mail', team: 'platform' },
    { recipientId: 'o', kind: 'channel', team: 'on_call' },
  ],
  ...over,
});
const receipt = (over: Partial<Words<'reportReceipt'>> = {}): Words<'reportReceipt'> => ({
  version: 1,
  recipientId: 'rcp-platform',
  status: 'sent',
  messageId: null,
  note: null,
  ...over,
});
const settling = (recipientId: string) => ({
  recipientId,
  outcome: 'send_again' as const,
  reason: prose('They have not got it.'),
});

export const distributionExamples = [
  refused('planDistribution', 'stale-version', engine, final, planning({ version: 2 })),
  refused('planDistribution', 'no-change', engine, planned, planning()),
  refused(
    'planDistribution',
    'no-recipients',
    engine,
    final,
    planning({ recipients: [{ recipientId: 'p', kind: 'mail', team: 'platform' }] }),
  ),
  refused('reportReceipt', 'stale-version', engine, planned, receipt({ version: 2 })),
  refused('reportReceipt', 'unknown-recipient', engine, planned, receipt({ recipientId: 'nowhere' })),
  refused(
    'reportReceipt',
    'receipt-settled',
    engine,
    () => planned().receipt('rcp-platform', 'uncertain'),
    receipt(),
  ),
  refused('settleReceipt', 'unknown-recipient', ana, planned, settling('nowhere')),
  refused(
    'settleReceipt',
    'receipt-settled',
    ana,
    () => planned().receipt('rcp-platform'),
    settling('rcp-platform'),
  ),
];

const opened = (): Story => story().opened();
const ending = (over: Partial<Words<'proposeEnding'>> = {}): Words<'proposeEnding'> => ({
  kind: 'dismissed',
  reason: prose('A false alarm.'),
  fixUrl: null,
  intoIncidentId: null,
  ...over,
});
const fix = { kind: 'resolved_as_bug' as const, fixUrl: 'https://git.example.org/fix/1' };
const sealed = (): Story => opened().contained().sealed();
const proposed = (): Story => sealed().give('proposeEnding', ana, ending());
/** One reversible class and usual cost: by the rule a bug. */
const bug = (): Story => story().investigated([actionClass()]);
const bugProposed = (life: Story): Story => life.give('proposeEnding', ana, ending(fix));
const bugReady = (): Story => bugProposed(bug().reversed().proven());
const release = (life: Story): Story => life.give('releaseAgent', ana, { reason: prose('Fixed.') });
const seconding = { reason: null };
const lateTarget = (life: Story): Story =>
  life.give('addTarget', engine, {
    target: {
      targetId: 'subagent:t2',
      kind: 'subagent',
      agent: 'letter-agent',
      sessionId: 's1',
      allowListed: true,
    },
  });

const lost = { about: 1, what: 'incidentOpened', because: 'channel_not_found' };

export const runningExamples = [
  refused('acknowledge', 'already-acknowledged', ben, () => opened().give('acknowledge', ana, {}), {}),
  refused('takeOwnership', 'already-owner', ana, () => opened().give('takeOwnership', ana, {}), {}),
  refused('handOver', 'already-owner', ana, () => opened().give('handOver', ana, { to: ben.id }), {
    to: ben.id,
  }),
  refused('setSeverity', 'no-change', ana, opened, { severity: 'sev2' }),
  refused('tick', 'no-change', engine, opened, {}),
  refused(
    'reportNoticeLost',
    'no-change',
    engine,
    () => opened().give('reportNoticeLost', engine, lost),
    lost,
  ),
  refused('proposeEnding', 'ending-proposed', ben, proposed, ending()),
  refused('proposeEnding', 'evidence-first', ana, opened, ending()),
  refused('proposeEnding', 'course-postmortem', ana, mapped, ending(fix)),
  refused('proposeEnding', 'fix-needed', ana, bug, ending({ kind: 'resolved_as_bug' })),
  refused(
    'proposeEnding',
    'into-needed',
    ana,
    sealed,
    ending({ kind: 'merged', intoIncidentId: 'inc-loan-1' }),
  ),
  refused('withdrawEnding', 'no-ending-proposed', ana, sealed, {}),
  refused('secondEnding', 'no-ending-proposed', ben, sealed, seconding),
  refused('secondEnding', 'own-ending', ana, proposed, seconding),
  refused(
    'secondEnding',
    'evidence-first',
    ben,
    () => proposed().give('joinSession', engine, { sessionId: 's2', because: 'late' }),
    seconding,
  ),
  refused(
    'secondEnding',
    'reversals-running',
    ben,
    () => {
      const life = bug().asked('r1', 'status');
      life.give('breakGlass', mia, {
        requestId: 'r1',
        seen: life.seen('r1'),
        indices: 'all',
        reason: prose('x'),
      });
      return life
        .give('orderReversals', engine, { batchId: 'b1', requestId: 'r1', indices: [[0, 3]] })
        .give('proposeEnding', ana, ending());
    },
    seconding,
  ),
  refused('secondEnding', 'course-postmortem', ben, () => bugReady().gap(), seconding),
  refused('secondEnding', 'items-open', ben, () => release(bugProposed(bug().reversed())), seconding),
  refused('secondEnding', 'unreversed-actions', ben, () => release(bugProposed(bug().proven())), seconding),
  refused('secondEnding', 'containment-open', ben, () => release(lateTarget(bugReady())), seconding),
  refused('secondEnding', 'still-held', ben, bugReady, seconding),
  refused('requestClose', 'items-open', ana, () => release(planned()), {}),
  refused('requestClose', 'containment-open', ana, () => release(lateTarget(story().distributed())), {}),
  refused('requestClose', 'still-held', ana, () => story().distributed().wait(HOUR), {}),
];
