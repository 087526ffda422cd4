import { lessonBasis, sealsBasis } from '../../../../src/domain/incident/basis.ts';
import { FactorKind, Section } from '../../../../src/domain/incident/vocabulary.ts';
import { engine, prose, sha, type Words } from '../story.ts';
import { type Move, move, type Step, people } from './move.ts';

export const write: Step = ({ state, dice, fresh }) => {
  if (!state.blast) return [];
  const by = dice.one(people);
  const { sections, factors, attested, gap } = state.postmortem;
  const moves: Move[] = [];
  const missing = Section.options.find((section) => !sections[section]);
  if (missing)
    moves.push(move('draftSection', engine, { section: missing, text: prose(`Draft of ${missing}`) }));
  const count = Object.keys(factors).length;
  if (count < 3)
    moves.push(
      move('addFactor', by, {
        factorId: fresh('f'),
        kind: FactorKind.options[count + dice.below(3)]!,
        text: prose(`Factor ${dice.below(40)}`),
      }),
    );
  else if (!attested) moves.push(move('attestFactors', by, { factorIds: Object.keys(factors) }));
  if (!gap)
    moves.push(
      move('describeGap', by, {
        kind: dice.chance(0.5) ? 'anomaly_flag' : 'prompt_only',
        text: prose('Nobody watched for drift.'),
      }),
    );
  return moves;
};

export const prove: Step = ({ state, dice }) => {
  if (!state.origin || !state.mode.confirmed) return [];
  const items = (['trace_exported', 'eval_regression', 'alert_or_flag'] as const).filter((item) => {
    const basis = item === 'trace_exported' ? sealsBasis(state) : lessonBasis(state);
    const run = state.proofs[item];
    return !run?.ok || run.basis !== basis;
  });
  return items.map((item) => {
    const basis = item === 'trace_exported' ? sealsBasis(state) : lessonBasis(state);
    if (item !== 'trace_exported' && dice.chance(0.3))
      return move('attestItem', dice.one(people), {
        item,
        link: 'https://evals.example.org/1',
        reason: prose('It runs there.'),
      });
    return move('proveItem', engine, { item, ok: dice.chance(0.9), basis, proof: 'It was run.' });
  });
};

export const finish: Step = ({ state, dice }) => {
  const { postmortem, distribution } = state;
  const by = dice.one(people);
  if (!postmortem.final) return [move('finalisePostmortem', by, {})];
  if (distribution?.version !== postmortem.version)
    return [move('planDistribution', engine, planning(postmortem.version))];
  const receipts = Object.entries(distribution.receipts).flatMap(([recipientId, receipt]): Move[] => {
    if (receipt.status === 'sent') return [];
    if (receipt.status === 'pending')
      return [
        move('reportReceipt', engine, {
          version: distribution.version,
          recipientId,
          status: dice.one(['sent', 'sent', 'sent', 'uncertain', 'refused']),
          messageId: null,
          note: null,
        }),
      ];
    return [
      move('settleReceipt', by, {
        recipientId,
        outcome: dice.one(['sent', 'send_again']),
        reason: prose('I asked them.'),
      }),
    ];
  });
  if (receipts.length > 0) return receipts;
  return state.held
    ? [move('releaseAgent', by, { reason: prose('Pinned.') })]
    : [move('requestClose', by, {})];
};

export const planning = (version: number): Words<'planDistribution'> => ({
  version,
  documentSha256: sha(`document ${version}`),
  documentUri: 'evidence:document',
  recipients: [
    { recipientId: 'rcp-platform', kind: 'mail', team: 'platform' },
    { recipientId: 'rcp-oncall', kind: 'channel', team: 'on_call' },
  ],
});
