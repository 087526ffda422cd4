import { createHash } from 'node:crypto';
import type { Words } from '../../src/client/port.ts';
import { checklistOf } from '../../src/domain/incident/checklist.ts';
import { activeClasses, askable, kindOf, needsClassifying } from '../../src/domain/incident/classes.ts';
import { isEmpty, minus, sizeOf } from '../../src/domain/incident/ranges.ts';
import type { IncidentState } from '../../src/domain/incident/state.ts';

type Name = 'ana' | 'ben' | 'chidi';
type Draft = { type: Words['type'] } & Record<string, unknown>;

/** What a person does next. */
export interface Move {
  by: Name;
  words: Draft;
}

const prose = (text: string) => ({ text, sha256: createHash('sha256').update(text).digest('hex') });
const move = (by: Name, type: Words['type'], words: Record<string, unknown> = {}): Move => ({
  by,
  words: { type, ...words },
});
const session = ({ sessions }: IncidentState) => Object.values(sessions).find((one) => one.analysis);

function decisions(state: IncidentState): Move[] {
  const found = session(state);
  if (!found?.analysis) return [];
  const { nearest, mode, candidates, cascadePath, symptomStep } = found.analysis;
  const moves: Move[] = [];
  if (!state.mode.confirmed)
    moves.push(
      move('ana', 'confirmMode', { mode: nearest, misfit: mode === 'unknown' ? prose('None fits.') : null }),
    );
  else if (!state.origin)
    moves.push(move('ana', 'confirmOrigin', { sessionId: found.sessionId, step: candidates[0]?.step ?? 1 }));
  else if (!state.cascade)
    moves.push(
      move('ana', 'confirmCascade', { path: cascadePath.length ? cascadePath : [symptomStep ?? 1] }),
    );
  if (state.firstAction?.completedAt === null)
    moves.push(move('ana', 'completeFirstAction', { note: prose('Audited.') }));
  return moves;
}

function reversals(state: IncidentState): Move[] {
  const open = Object.values(state.signOffs).filter(({ status }) => status === 'open');
  const signings = open.flatMap(({ requestId, seen, remediation, indices, signatures }) => {
    const rest = remediation
      ? { reason: prose('It makes it good.'), typedCount: sizeOf(indices) }
      : { reason: null, typedCount: null };
    return (['ben', 'chidi'] as const)
      .slice(0, remediation ? 2 : 1)
      .slice(signatures.length)
      .map((by) => move(by, 'signReversal', { requestId, seen, indices: 'all', ...rest }));
  });
  const classes = activeClasses(state).flatMap((item): Move[] => {
    const { classId, planSha256 } = item.spec;
    if (needsClassifying(item))
      return [move('ana', 'classifyActions', { classId, as: 'irreversible', reason: prose('Unknown.') })];
    if (kindOf(item) !== 'irreversible') return [];
    const request = {
      requestId: `plan-${classId}`,
      classId,
      planSha256,
      remediation: prose('Write to each.'),
    };
    if (state.origin && !isEmpty(askable(item, false)) && !open.some((one) => one.classId === classId))
      return [move('ana', 'requestSignOff', request)];
    return isEmpty(minus(item.authorised, item.remediated))
      ? []
      : [move('ana', 'recordRemediation', { classId, indices: 'all', result: prose('Written.') })];
  });
  return [...signings, ...classes];
}

const KINDS = ['tool_contract', 'prompt_design', 'eval_coverage'];

function postmortem(state: IncidentState): Move[] {
  const { postmortem: words } = state;
  if (!state.origin || words.final) return [];
  const factors = KINDS.filter((kind) => !words.factors[kind]).map((kind) =>
    move('ana', 'addFactor', { factorId: kind, kind, text: prose(`Because of ${kind}.`) }),
  );
  const open = checklistOf(state)
    .filter(({ proven }) => !proven)
    .map(({ item }) => item);
  return [
    ...factors,
    ...(factors.length === 0 && open.includes('contributing_factors')
      ? [move('ana', 'attestFactors', { factorIds: KINDS })]
      : []),
    ...(words.gap
      ? []
      : [move('ana', 'describeGap', { kind: 'anomaly_flag', text: prose('A schema check.') })]),
    ...(open.every((item) => item === 'distributed') && Object.keys(words.sections).length === 6
      ? [move('ana', 'finalisePostmortem')]
      : []),
  ];
}

/** What nobody can know: a person looks, finds it there, and says so. */
const receipts = ({ distribution }: IncidentState): Move[] =>
  Object.entries(distribution?.receipts ?? {})
    .filter(([, { status }]) => status === 'uncertain')
    .map(([recipientId]) =>
      move('ana', 'settleReceipt', { recipientId, outcome: 'sent', reason: prose('It is there.') }),
    );

/** Everything that people could do now, the most wanted first. */
export function movesOf(state: IncidentState): Move[] {
  if (state.status !== 'open') return [];
  const ending = state.distributed
    ? [
        state.held
          ? move('ana', 'releaseAgent', { reason: prose('The field is mapped.') })
          : move('ana', 'requestClose'),
      ]
    : [];
  return [
    ...(state.acknowledgedAt === null ? [move('ana', 'acknowledge')] : []),
    ...decisions(state),
    ...reversals(state),
    ...postmortem(state),
    ...receipts(state),
    ...ending,
  ];
}
