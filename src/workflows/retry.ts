import type { RetryPolicy } from '@temporalio/common';

/** Records and containment are tried for ever: nothing else may go on without them; both are idempotent by key. */
export const forEver: RetryPolicy = {
  initialInterval: '500ms',
  backoffCoefficient: 2,
  maximumInterval: '30s',
};

/** Reads of outside systems: idempotent; after these tries the phase reports the trouble and begins again. */
export const aWhile: RetryPolicy = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '30s',
  maximumAttempts: 6,
};

/** Slack and mail: a ledger row makes each try safe; Slack's `Retry-After` sets the pace. */
export const politely: RetryPolicy = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '1m',
  maximumAttempts: 20,
};
