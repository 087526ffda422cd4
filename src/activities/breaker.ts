import type { Documents } from '../store/port.ts';
import { withinMs } from '../within-ms.ts';

const KIND = 'containment_breaker';
/** A database that has fallen silent is given up by itself only after minutes. */
const DATABASE_DEADLINE_MS = 500;

export interface BreakerDeps {
  documents: Pick<Documents, 'list' | 'put'>;
  /** More agents than this within the window, and a person decides. */
  breaker: { agents: number; windowMs: number };
}

/** Other agents contained within the window. A database that does not answer never delays a stop. */
export async function recentlyContained(
  { documents, breaker }: BreakerDeps,
  agent: string,
  nowMs: number,
): Promise<number> {
  const rows = await withinMs(documents.list(KIND, ''), DATABASE_DEADLINE_MS);
  const isOther = ({ key, value }: { key: string; value: unknown }): boolean =>
    key !== agent && nowMs - Number(value) <= breaker.windowMs;
  return rows?.value.filter(isOther).length ?? 0;
}

/** An agent counts from now on; nor does a database that does not answer delay a stop here. */
export const noteContained = async (
  { documents }: BreakerDeps,
  agent: string,
  nowMs: number,
): Promise<void> => {
  await withinMs(documents.put(KIND, agent, nowMs), DATABASE_DEADLINE_MS);
};
