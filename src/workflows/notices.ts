import type { FactType, IncidentEvent } from '../domain/incident/event.ts';
import type { IncidentState } from '../domain/incident/state.ts';

/** Events that people are told of at once, beside the card. */
const loud: ReadonlySet<FactType> = new Set<FactType>([
  'incidentOpened',
  'pageEscalated',
  'quorumUnreachable',
  'signOffReminded',
  'signOffEscalated',
  'signOffExpired',
  'signOffVoided',
  'glassBroken',
  'distributionReminded',
  'distributionBreached',
]);

/** What others decided, and what became of it: said below the card, so that nobody has to compare two cards. */
const told: ReadonlySet<FactType> = new Set<FactType>([
  'acknowledged',
  'ownerSet',
  'severitySet',
  'noteAdded',
  'agentReleased',
  'reversalDenied',
  'reversalsReported',
  'glassCountersigned',
  'postmortemReopened',
  'endingProposed',
  'endingWithdrawn',
  'incidentEnded',
]);

/** A stop that is not confirmed is as loud as a page; so is evidence that could be lost. */
const isAlarm = (event: IncidentEvent): boolean =>
  loud.has(event.type) ||
  (event.type === 'containmentReported' && ['unconfirmed', 'awaiting_person'].includes(event.data.status)) ||
  (event.type === 'sealTroubled' && event.data.percentOfDeadline >= 50);

/** A list of approvers that was lost is said once, not at every try to read it again. */
const isTrouble = (event: IncidentEvent, before: IncidentState): boolean =>
  (event.type === 'approversRefreshed' &&
    event.data.approverIds === null &&
    before.approvers?.ids !== null) ||
  (event.type === 'receiptReported' && event.data.status !== 'sent');

/** `everything`: runs that began before `tell everything` tell alarms alone. */
export const needsNotice = (event: IncidentEvent, before: IncidentState, everything: boolean): boolean =>
  isAlarm(event) || (everything && (told.has(event.type) || isTrouble(event, before)));
