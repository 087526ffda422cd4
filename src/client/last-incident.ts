import type { IncidentRow, Projection } from '../store/port.ts';

/** The newest incident of an agent's key, with its ordinal; null when there is none. */
export async function lastIncident(
  projection: Pick<Projection, 'list'>,
  agent: string,
  base: string,
): Promise<{ ordinal: number; row: IncidentRow } | null> {
  const [row] = await projection.list({ agent, idPrefix: `${base}-`, limit: 1 });
  return row ? { row, ordinal: Number(row.incidentId.slice(base.length + 1)) } : null;
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
