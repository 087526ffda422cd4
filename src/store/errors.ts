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

/** Codes of Postgres for a server that starts, stops or has no room, and of sockets that reach nobody. */
const AWAY =
  /^(57P0[123]|53\d{3}|08\d{3}|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;
/** What the driver says, without a code, of a connection that it lost or did not get. */
const LOST = /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout)/;

/** Whether the database could not be asked: the same may work in a moment. */
export const isDatabaseAway = (error: unknown): boolean =>
  error instanceof Error &&
  (AWAY.test('code' in error ? String(error.code) : '') || LOST.test(error.message));
