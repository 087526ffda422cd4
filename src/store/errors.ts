/** An event is there already under this number, and it is another one. Retrying does not help. */
export class AuditConflict extends Error {
  override name = 'AuditConflict';
}

/** Events would leave a gap in the chain, or do not follow one another. Retrying does not help. */
export class AuditGap extends Error {
  override name = 'AuditGap';
}

/** Words and their digest do not belong together, or an event cannot be chained as it is. */
export class UnchainableEvent extends Error {
  override name = 'UnchainableEvent';
}

/** An effect was settled already, with another outcome. */
export class LedgerConflict extends Error {
  override name = 'LedgerConflict';
}

/** Something of an incident was to be erased that a legal hold keeps. */
export class UnderLegalHold extends Error {
  override name = 'UnderLegalHold';
}

/** The evidence of an incident that is open was to be erased: its phases still read it. */
export class IncidentIsOpen extends Error {
  override name = 'IncidentIsOpen';
}
