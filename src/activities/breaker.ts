import type { Documents } from '../store/port.ts';

const KIND = 'containment_breaker';

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
  try {
    const rows = await documents.list(KIND, '');
    return rows.filter(({ key, value }) => key !== agent && nowMs - Number(value) <= breaker.windowMs).length;
  } catch {
    return 0;
  }
}

/** An agent counts from now on; nor does a database that does not answer delay a stop here. */
export const noteContained = ({ documents }: BreakerDeps, agent: string, nowMs: number): Promise<void> =>
  documents.put(KIND, agent, nowMs).catch(() => undefined);
