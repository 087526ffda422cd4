import type { IncidentEvent } from '../domain/incident/event.ts';
import { sizeOf } from '../domain/incident/ranges.ts';
import { factorWords } from '../domain/incident/words.ts';
import type { PostmortemView } from './postmortem-view.ts';
import { nameOf, type PostmortemSource } from './source.ts';
import { utc } from './text.ts';
import { checklistWords, gapWords, modeWords, sectionWords } from './words.ts';

type Sayings = {
  [T in IncidentEvent['type']]:
    | ((data: Extract<IncidentEvent, { type: T }>['data'], name: (id: string) => string) => string)
    | null;
};

/** Enough of a digest to find it, as in Slack; the whole stands in its section. */
const short = (digest: string): string => digest.slice(0, 12);

/** A sentence an event; null: bookkeeping that a reader of the timeline does not need. */
const sayings: Sayings = {
  incidentOpened: (d) =>
    `Incident opened for agent ${d.agent}, ${d.severity}; alerts of the same ${d.dedupRule} join it.`,
  alertReceived: (d) =>
    `Alert${d.alert.source === 'generic' ? '' : ` from ${d.alert.source}`}: ${d.alert.title}`,
  sessionsOffered: (d) => `${d.candidates.length} sessions offered; the alert named none.`,
  sessionJoined: (d) => `Session ${d.sessionId} joined: ${d.because}`,
  targetAdded: null,
  agentHeld: (d) => `Agent ${d.agent} on hold: it starts no new session.`,
  containmentOrdered: (d) => `Containment ordered (${d.action}, ${d.adapter}).`,
  containmentReported: (d) => `Containment ${d.status.replace('_', ' ')}: ${d.evidence}`,
  containmentTakenOver: (d) => `Containment taken over: ${d.reason.text}`,
  containmentRetried: () => 'Containment tried again.',
  agentReleased: (d) => `Agent released: ${d.reason.text}`,
  sessionSealed: (d) =>
    `Trace of ${d.seal.sessionId} sealed, ${d.seal.steps} steps, ${d.seal.complete ? 'complete' : 'partial'}; manifest ${short(d.seal.manifestSha256)}.`,
  sealTroubled: (d) =>
    `The export of ${d.sessionId} has trouble at ${d.percentOfDeadline} % of its time: ${d.reason}`,
  analysisSuggested: (d) => `Engine suggests ${modeWords[d.mode]}: ${d.because}`,
  modeConfirmed: (d) => `Failure mode confirmed: ${modeWords[d.mode]}.`,
  firstActionCompleted: (d) => `First action done: ${d.note.text}`,
  originConfirmed: (d) => `Fault origin confirmed: step ${d.step} of session ${d.sessionId}.`,
  cascadeConfirmed: (d) => `Cascade path confirmed: steps ${d.path.join(' → ')}.`,
  blastRadiusMapped: (d) => `Blast radius mapped: ${d.total} external actions.`,
  classMapped: (d) => `${d.class.count} × ${d.class.tool}: ${d.class.kind}.`,
  classSuperseded: () => 'A list of actions was replaced by a newer one.',
  actionsClassified: (d) => `Actions classified as ${d.as.replace('_', ' ')}: ${d.reason.text}`,
  approversRefreshed: null,
  quorumUnreachable: (d) =>
    `Quorum out of reach for ${d.kind} actions: ${d.needed} needed, ${d.available} available.`,
  signOffRequested: (d) =>
    `Sign-off requested for ${sizeOf(d.indices)} actions, plan ${short(d.seen)}${d.remediation ? `: ${d.remediation.text}` : '.'}`,
  signOffVoided: (d) => `Sign-off void: ${d.because}`,
  reversalSigned: (d) => `Signed ${sizeOf(d.indices)} actions of plan ${short(d.seen)}.`,
  reversalDenied: (d) => `Denied ${sizeOf(d.indices)} actions: ${d.reason.text}`,
  glassBroken: (d) => `BROKE THE GLASS for ${sizeOf(d.indices)} actions: ${d.reason.text}`,
  glassCountersigned: (d) => `Countersigned the broken glass: ${d.reason.text}`,
  reversalsAuthorised: (d) => `${sizeOf(d.indices)} actions authorised.`,
  signOffDecided: null,
  signOffReminded: () => 'Reminded the approvers.',
  signOffEscalated: (d) => `Sign-off escalated to ${d.to}.`,
  signOffExpired: () => 'Sign-off expired and is open again.',
  reversalsOrdered: (d) => `${sizeOf(d.indices)} reversals ordered.`,
  reversalsReported: (d) =>
    `Reversals reported: ${sizeOf(d.done)} done, ${sizeOf(d.notDone)} not done, ${sizeOf(d.uncertain)} uncertain.`,
  uncertainSettled: (d) =>
    `${sizeOf(d.indices)} uncertain actions settled as ${d.outcome.replace('_', ' ')}: ${d.reason.text}`,
  remediationRecorded: (d) => `Remediation of ${sizeOf(d.indices)} actions recorded: ${d.result.text}`,
  sectionDrafted: null,
  sectionEdited: (d) => `Section “${sectionWords[d.section]}” edited.`,
  factorAdded: (d) => `Contributing factor added (${factorWords[d.kind]}).`,
  factorRemoved: () => 'Contributing factor removed.',
  factorsAttested: (d) => `Attested ${d.factorIds.length} contributing factors; none left out.`,
  gapDescribed: (d) => `Detection gap described: ${gapWords[d.kind]}.`,
  courseDecided: (d) => `Course: ${d.course}. ${d.rule}`,
  itemProven: (d) => `${checklistWords[d.item]}: ${d.ok ? 'proven' : 'not proven'}. ${d.proof}`,
  itemAttested: (d) => `${checklistWords[d.item]}: attested with ${d.link}`,
  postmortemFinalised: (d) => `Postmortem version ${d.version} final.`,
  postmortemReopened: (d) => `Postmortem open again: ${d.because}`,
  distributionPlanned: (d) => `Distribution of version ${d.version} to ${d.recipients.length} recipients.`,
  receiptReported: (d) => `One recipient: ${d.status}.`,
  receiptSettled: (d) =>
    `An uncertain or refused receipt settled: ${d.outcome.replace('_', ' ')}. ${d.reason.text}`,
  distributionReminded: () => 'Reminded that the postmortem is not distributed.',
  distributionBreached: (d) => `LATE: 48 hours over; open: ${d.openItems.join(', ')}.`,
  distributionCompleted: (d) => `Every recipient has version ${d.version}${d.late ? ', late' : ''}.`,
  acknowledged: () => 'Acknowledged.',
  pageEscalated: (d) => `Paged ${d.to}${d.isLast ? ', the last time' : ''}.`,
  noticeLost: (d) => `Nobody could be told of event ${d.about}: ${d.because}`,
  ownerSet: (d, name) => `${name(d.owner)} owns the incident.`,
  severitySet: (d) => `Severity ${d.severity}.`,
  noteAdded: (d) => `Note: ${d.text.text}`,
  endingProposed: (d) => `Ending proposed: ${d.kind.replaceAll('_', ' ')}. ${d.reason.text}`,
  endingWithdrawn: () => 'Proposed ending withdrawn.',
  incidentEnded: (d) => `Incident ${d.status.replaceAll('_', ' ')}${d.late ? ', late' : ''}.`,
};

/** One event as a sentence; null where a reader of the timeline does not need it. */
export function sayingOf(event: IncidentEvent, name: (id: string) => string): string | null {
  const say = sayings[event.type] as ((data: unknown, name: (id: string) => string) => string) | null;
  return say ? say(event.data, name) : null;
}

/** Every event a reader should know of, in order, times in UTC. */
export const timelineOf = (source: PostmortemSource): PostmortemView['timeline'] =>
  source.events.flatMap((event) => {
    const what = sayingOf(event, (id) => nameOf(source, id));
    return what === null ? [] : [{ at: utc(event.at), who: nameOf(source, event.by.id), what }];
  });
