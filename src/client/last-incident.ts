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
