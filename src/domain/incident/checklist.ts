import { isMapStale, itemBasis, lessonBasis, sealsBasis } from './basis.ts';
import { activeClasses, isGlassOpen, isSettled, needsClassifying } from './classes.ts';
import type { IncidentState, SessionState } from './state.ts';
import { lateWords } from './seal-time.ts';
import { ChecklistItem, type RunItem } from './vocabulary.ts';

export interface ItemStatus {
  item: ChecklistItem;
  proven: boolean;
  /** The proof, or what is missing and the shortest way to it. */
  proof: string;
}

type Verdict = readonly [proven: boolean, proof: string];
const proven = (proof: string): Verdict => [true, proof];
const missing = (what: string): Verdict => [false, what];

/** What people attested of an item as it is now; one person alone proves nothing. */
function attestation(state: IncidentState, item: RunItem): { proven: boolean; words: string } | null {
  const found = state.attestations[item];
  if (!found || found.basis !== itemBasis(state, item)) return null;
  return found.by.length >= 2
    ? { proven: true, words: `${found.link}, attested by ${found.by.length} people.` }
    : { proven: false, words: 'A second person has to attest the link.' };
}

/** A session of which a part could not be exported, and may never be: a store cuts, and cannot give back what it cut. */
export const partialSession = (state: IncidentState): SessionState | null =>
  Object.values(state.sessions).find(({ seal }) => seal?.complete === false) ?? null;

const missingWords = ({ seal }: SessionState): string => seal?.missing.join('; ').replace(/\.$/, '') ?? '';

function traceExported(state: IncidentState): Verdict {
  const sessions = Object.values(state.sessions);
  if (sessions.length === 0) return missing('No session is known yet.');
  const unsealed = sessions.find((session) => !session.seal);
  if (unsealed) return missing(`Session ${unsealed.sessionId} is not sealed.`);
  const late = sessions.find((session) => !session.beforeRotation);
  if (late) return missing(lateWords(late.sessionId, late.seal));
  const attested = attestation(state, 'trace_exported');
  const partial = partialSession(state);
  if (partial && !attested?.proven)
    return missing(
      `The export of ${partial.sessionId} is partial: ${missingWords(partial)}. ${attested?.words ?? 'Two people may attest where the rest is.'}`,
    );
  const rehash = state.proofs.trace_exported;
  if (!rehash?.ok || rehash.basis !== sealsBasis(state))
    return missing('The engine has yet to hash the evidence again.');
  return proven(partial ? `${rehash.proof} Partial; the rest: ${attested?.words}` : rehash.proof);
}

function failureMode({ mode }: IncidentState): Verdict {
  return mode.confirmed
    ? proven(`Confirmed: ${mode.confirmed.replaceAll('_', ' ')}.`)
    : missing('Confirm the failure mode.');
}

function faultOrigin({ origin }: IncidentState): Verdict {
  return origin
    ? proven(`Step ${origin.step} of session ${origin.sessionId}.`)
    : missing('Confirm the exact step of the fault origin.');
}

function cascadePath({ cascade, origin, sessions }: IncidentState): Verdict {
  if (!cascade || !origin) return missing('Confirm the cascade path.');
  const symptom = sessions[origin.sessionId]?.analysis?.symptomStep ?? null;
  if (symptom !== null && symptom > origin.step && cascade.at(-1) !== symptom)
    return missing(`A later analysis found the symptom at step ${symptom}: confirm the cascade path again.`);
  return proven(`Steps ${cascade.join(' → ')}.`);
}

function actionsEnumerated(state: IncidentState): Verdict {
  if (!state.origin || !state.blast || isMapStale(state))
    return missing('The engine has yet to map the blast radius.');
  const unread = Object.values(state.sessions).find(
    ({ seal, analysis }) => !seal || analysis?.manifestSha256 !== seal.manifestSha256,
  );
  if (unread) return missing(`The newest seal of session ${unread.sessionId} is not analysed yet.`);
  const unknown = activeClasses(state).filter(needsClassifying);
  if (unknown.length > 0)
    return missing(`Classify the actions of ${unknown.map((item) => item.spec.tool).join(', ')}.`);
  return proven(`${state.blast.total} external actions after step ${state.origin.step}, each classified.`);
}

function remediationLogged(state: IncidentState): Verdict {
  const enumerated = actionsEnumerated(state);
  if (!enumerated[0]) return enumerated;
  const open = Object.values(state.classes).filter((item) => !isSettled(item));
  if (open.length > 0)
    return missing(`Open: ${open.map((item) => `${item.spec.tool} (${item.spec.count})`).join(', ')}.`);
  if (isGlassOpen(state)) return missing('A broken glass waits for its countersignature.');
  const { length } = activeClasses(state);
  return proven(`${length === 1 ? '1 class' : `${length} classes`} of actions settled, each on record.`);
}

function contributingFactors({ postmortem, policy }: IncidentState): Verdict {
  const ids = Object.keys(postmortem.factors);
  if (ids.length < policy.minContributingFactors)
    return missing(
      `Name at least ${policy.minContributingFactors} contributing factors; ${ids.length} so far.`,
    );
  const attested = postmortem.attested?.factorIds;
  if (!attested) return missing('Attest that no contributing factor was left out.');
  return proven(`${ids.length} factors, attested as all that a person knows of.`);
}

function detectionGap({ postmortem }: IncidentState): Verdict {
  return postmortem.gap
    ? proven(`Would have caught it: ${postmortem.gap.kind.replaceAll('_', ' ')}.`)
    : missing('Describe what would have caught this earlier.');
}

function lesson(state: IncidentState, item: RunItem): Verdict {
  const found = state.proofs[item];
  const run = found?.basis === lessonBasis(state) ? found : null;
  if (run?.ok) return proven(run.proof);
  const attested = attestation(state, item);
  if (attested?.proven) return proven(attested.words);
  return missing(run?.proof ?? attested?.words ?? 'The engine has yet to run it.');
}

function distributed({ distributed: result, postmortem, breachedAt }: IncidentState): Verdict {
  if (!result || result.version !== postmortem.version || !postmortem.final)
    return missing(
      breachedAt
        ? 'Late: the 48 hours are over, and not every recipient has it.'
        : 'Not every recipient has it.',
    );
  return proven(
    result.late
      ? 'Every recipient has it; late, and on record as late.'
      : 'Every recipient has it, within 48 hours.',
  );
}

const checks: Record<ChecklistItem, (state: IncidentState) => Verdict> = {
  trace_exported: traceExported,
  fault_origin: faultOrigin,
  failure_mode: failureMode,
  cascade_path: cascadePath,
  actions_enumerated: actionsEnumerated,
  remediation_logged: remediationLogged,
  contributing_factors: contributingFactors,
  detection_gap: detectionGap,
  eval_regression: (state) => lesson(state, 'eval_regression'),
  alert_or_flag: (state) => lesson(state, 'alert_or_flag'),
  distributed,
};

/** The eleven items with their proofs, in the runbook's order. */
export const checklistOf = (state: IncidentState): ItemStatus[] =>
  ChecklistItem.options.map((item) => {
    const [isProven, proof] = checks[item](state);
    return { item, proven: isProven, proof };
  });

export const openItems = (state: IncidentState): ChecklistItem[] =>
  checklistOf(state)
    .filter((status) => !status.proven)
    .map((status) => status.item);
