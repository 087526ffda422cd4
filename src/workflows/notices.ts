import type { FactType, IncidentEvent } from '../domain/incident/event.ts';

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

/** A stop that is not confirmed is as loud as a page; so is evidence that could be lost. */
export const needsNotice = (event: IncidentEvent): boolean =>
  loud.has(event.type) ||
  (event.type === 'containmentReported' && ['unconfirmed', 'awaiting_person'].includes(event.data.status)) ||
  (event.type === 'sealTroubled' && event.data.percentOfDeadline >= 50);
