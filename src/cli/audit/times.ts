import { InvalidArgumentError } from 'commander';

/** A date or a time with its zone, as an auditor writes it → ms since the epoch. A date is its first moment in UTC. */
export const timeOf = (text: string): number => {
  const ms = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : NaN;
  if (Number.isNaN(ms))
    throw new InvalidArgumentError(
      'Write a date such as 2026-01-31, or a time with its zone: 2026-01-31T09:30Z.',
    );
  return ms;
};

export const utc = (ms: number): string => new Date(ms).toISOString();
