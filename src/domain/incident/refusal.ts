/**
 * Why a command was refused: one catalogue for Slack, the page, the API and the command line. `next` says what the
 * person can do. `{detail}` is filled by the rule.
 */
const catalogue = {
  'not-open': ['There is no such incident yet.', 'Post an alert first.'],
  'already-ended': [
    'This incident has ended.',
    'Post a new alert: it opens the next incident and links this one.',
  ],
  'waited-too-long': [
    'Your click waited more than 24 hours for the incident engine, so it does not count.',
    'Look at the newest card and press again.',
  ],
  'engine-only': ['Only the engine gives this command.', 'Use the buttons or the API of people.'],
  'person-only': ['A person has to do this.', 'Sign in, or use Slack.'],
  'not-a-responder': ['Your account may look but not act.', 'Ask an administrator for the responder role.'],
  'not-an-approver': [
    'You are not an approver of this incident.',
    'Ask one of the approvers that the request names.',
  ],
  'approvers-unknown': [
    'The list of approvers could not be read, so nobody can sign.',
    'Try again in a minute; `holdpoint doctor` says what is wrong.',
  ],
  'other-agent': [
    'The alert is about another agent than this incident.',
    'Post it without the dedup key of this incident.',
  ],
  'unknown-session': ['This incident has no such session.', 'Pick one of its sessions.'],
  'session-known': ['The session of this incident is known already.', 'Open the card for it.'],
  'unknown-target': ['There is nothing of that name to contain.', 'Pick one from the card.'],
  'target-contained': ['It is contained already.', 'Nothing to do.'],
  'not-waiting': ['It does not wait for a person.', 'The card shows what it waits for.'],
  'not-ordered': ['Containment was not ordered yet.', 'Wait for the order.'],
  'not-contained': [
    'The agent is not contained yet, so nothing of the trace may be read.',
    'Confirm the stop or take the containment over.',
  ],
  'grace-running': [
    'The export waits a moment for the containment.',
    'It starts by itself when the grace is over.',
  ],
  'not-held': ['The agent is not on hold.', 'Nothing to release.'],
  'reversals-running': ['Reversals are under way.', 'Try again when they are settled.'],
  'seal-order': ['Seals are numbered in order.', 'Report seal {detail}.'],
  'not-sealed': ['The trace is not sealed yet.', 'Wait for the seal.'],
  'stale-analysis': ['The analysis is of an older seal.', 'Analyse the newest seal.'],
  'no-analysis': ['There is no analysis to confirm yet.', 'Wait for the engine, or see what it waits for.'],
  'misfit-needed': [
    'The engine found that none of the four modes fits.',
    'Say in one sentence what does not fit.',
  ],
  'no-first-action': ['There is no open first action.', 'Nothing to do.'],
  'mode-first': ['The failure mode comes before the fault origin.', 'Confirm the failure mode first.'],
  'no-such-step': ['The session has no such step.', 'Give an exact step from 1 to {detail}.'],
  'origin-first': ['The fault origin comes first.', 'Confirm the exact step of the fault origin.'],
  'path-not-increasing': ['A cascade path has increasing step numbers.', 'List each step once, in order.'],
  'path-wrong-start': ['The path starts at the fault origin.', 'Start it with step {detail}.'],
  'path-wrong-end': ['The path ends at the symptom.', 'End it with step {detail}.'],
  'basis-changed': ['What this rests on has changed since.', 'Look at the newest list.'],
  'map-first': ['The blast radius is not mapped yet.', 'Wait for the map.'],
  'unknown-class': ['There is no such class of actions.', 'Pick one from the newest list.'],
  'class-superseded': ['This list of actions was replaced by a newer one.', 'Open the newest list.'],
  'not-unknown-tool': ['This tool is known; its manifest says what it does.', 'Change the tool manifest.'],
  'unclassified-actions': [
    'Some actions come from a tool that no manifest knows.',
    'Classify them first: {detail}.',
  ],
  'plan-changed': ['The plan has changed since you saw it.', 'Read the new plan and sign that.'],
  'remediation-needed': [
    'An irreversible action needs a remediation plan.',
    'Write what people will do about it.',
  ],
  'remediation-superfluous': [
    'These actions can be reversed; no remediation plan is signed.',
    'Leave the plan out.',
  ],
  'request-exists': ['A sign-off for these actions is open already.', 'Sign or deny that one.'],
  'nothing-to-sign': ['No action of this class is left to decide.', 'Nothing to do.'],
  'unknown-request': ['There is no such sign-off request.', 'Open the newest card.'],
  'request-void': ['This request is void: the plan changed.', 'Open the newest card.'],
  'already-decided': ['This is decided already.', 'The card shows by whom.'],
  'agent-owner': ["The agent's owner may not sign.", 'Another approver has to.'],
  'own-request': ['You asked for this, so you may not sign it.', 'Another approver has to.'],
  'already-signed': ['You have signed these already.', 'A second person is needed.'],
  'no-such-index': ['The list has no such action.', 'Pick from 1 to {detail}.'],
  'count-needed': ['Irreversible: the number of actions must be typed.', 'Type {detail}.'],
  'reason-needed': ['A reason is needed.', 'Say why in one sentence.'],
  'not-authorised': ['These actions carry no valid sign-off.', 'Get the signatures first.'],
  'not-reversible': ['These actions cannot be reversed.', 'Record what people did about them.'],
  'not-irreversible': ['These actions are reversed by the engine.', 'Sign the reversal.'],
  'already-ordered': ['These reversals were ordered already.', 'Wait for the report.'],
  'unknown-batch': ['There is no such batch of reversals.', 'Report the batch that was ordered.'],
  'batch-reported': ['This batch was reported already.', 'Nothing to do.'],
  'outside-batch': ['The report names actions outside the batch.', 'Report each action of the batch once.'],
  'not-uncertain': ['These actions are not uncertain.', 'Nothing to settle.'],
  'plan-unsigned': ['The remediation plan is not signed by enough people.', 'Get the signatures first.'],
  'no-break-glass': ['There is nothing to countersign here.', 'Nothing to do.'],
  'own-break-glass': ['You broke the glass, so another person countersigns.', 'Ask another approver.'],
  'remediation-open': [
    'The postmortem opens when every irreversible action has its signed plan.',
    'Open: {detail}.',
  ],
  'section-changed': [
    'Somebody changed this section meanwhile.',
    'Your text is kept beside theirs: merge and save again.',
  ],
  'factor-exists': ['This contributing factor is listed already.', 'Edit it or add another.'],
  'unknown-factor': ['There is no such contributing factor.', 'Pick one from the list.'],
  'too-few-factors': [
    'At least {detail} contributing factors are needed.',
    'Name another; a single root cause has no field.',
  ],
  'too-many-factors': ['{detail} contributing factors are the most.', 'Remove one, or join two.'],
  'too-few-kinds': [
    'The factors must be of at least {detail} kinds.',
    'Look at prompts, tool contracts, evals, guard rails, process.',
  ],
  'factors-changed': ['The list of factors changed since you saw it.', 'Read it again and attest.'],
  'nothing-missing': ['Nothing of the trace is known to be missing.', 'Nothing to do.'],
  'own-attestation': ['You attested this already; a second person has to.', 'Ask another responder.'],
  'items-open': [
    'Checklist items are open: {detail}.',
    'Close them first; the checklist shows the shortest way.',
  ],
  'sections-missing': ['Sections are missing: {detail}.', 'Write them, or wait for the draft.'],
  'already-final': ['This version is final already.', 'Edit a section to make a new version.'],
  'course-postmortem': ['By the rule this needs a postmortem: {detail}', 'Write the postmortem.'],
  'stale-version': ['This is about an older version of the postmortem.', 'Use version {detail}.'],
  'no-recipients': [
    'Both the platform and the on-call team need a recipient.',
    'Set `distribution.{detail}` in holdpoint.yaml.',
  ],
  'unknown-recipient': ['There is no such recipient.', 'Pick one from the distribution list.'],
  'receipt-settled': ['This receipt is settled already.', 'Nothing to do.'],
  'already-owner': ['You own this incident already.', 'Nothing to do.'],
  'already-acknowledged': ['Already acknowledged.', 'Take ownership if you want to run it.'],
  'no-change': ['Nothing would change.', 'Nothing to do.'],
  'ending-proposed': ['Another ending is proposed already.', 'Second or withdraw that one.'],
  'no-ending-proposed': ['No ending is proposed.', 'Propose one first.'],
  'own-ending': ['You proposed this ending, so another person seconds it.', 'Ask another responder.'],
  'evidence-first': [
    'The evidence is not sealed yet; it is kept even for a false alarm.',
    'Wait for the seal.',
  ],
  'fix-needed': ['A bug is resolved with a link to its fix.', 'Give the address of the fix.'],
  'unreversed-actions': ['External actions are not reversed yet.', 'Reverse or decline them first.'],
  'still-held': [
    'The agent is still on hold, and a hold needs an open incident.',
    'Release the agent first.',
  ],
  'containment-open': ['{detail} is not contained yet.', 'Confirm the stop or take the containment over.'],
  'into-needed': ['A merge names the incident it merges into.', 'Give another incident of the same agent.'],
} as const satisfies Record<string, readonly [sentence: string, next: string]>;

export type RefusalCode = keyof typeof catalogue;
export interface Refusal {
  code: RefusalCode;
  /** A sentence for the person. */
  sentence: string;
  /** What to do next. */
  next: string;
}

export const refusalCodes = Object.keys(catalogue) as RefusalCode[];

/** The refusal of a code, with the rule's detail in its place. */
export function refusal(code: RefusalCode, detail = ''): Refusal {
  const [sentence, next] = catalogue[code];
  return {
    code,
    sentence: sentence.replace('{detail}', () => detail),
    next: next.replace('{detail}', () => detail),
  };
}
