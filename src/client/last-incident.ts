import type { IncidentRow, Projection } from '../store/port.ts';
import { incidentIdOf } from './dedup.ts';

/** The newest incident of a key, with its ordinal; null when there is none. Ordinals are dense, from 1. */
export async function lastIncident(
  projection: Pick<Projection, 'get'>,
  base: string,
): Promise<{ ordinal: number; row: IncidentRow } | null> {
  const at = (ordinal: number) => projection.get(incidentIdOf(base, ordinal));
  let last: { ordinal: number; row: IncidentRow } | null = null;
  let step = 1;
  // Strides double while they land on an incident, then halve: log n reads for the n-th re-fire.
  for (let growing = true; step >= 1;) {
    const ordinal: number = (last?.ordinal ?? 0) + step;
    const row = await at(ordinal);
    if (row) last = { ordinal, row };
    else growing = false;
    step = growing ? step * 2 : Math.floor(step / 2);
  }
  return last;
}

/** What the promise gives, or null when it fails or takes longer: a slow database never delays a stop. */
export async function withinMs<T>(promise: Promise<T>, ms: number): Promise<{ value: T } | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([
      promise.then(
        (value) => ({ value }),
        () => null,
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
