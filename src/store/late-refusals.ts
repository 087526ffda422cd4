import { z } from 'zod';
import type { Documents } from './port.ts';

/** Kind of the documents that hold refusals of clicks which were taken as pending. */
export const LATE_REFUSAL = 'late_refusal';

/** Actor ids hold colons too; an incident's id ends with a number, so a prefix of both is one person's at one incident. */
export const lateRefusalKey = (incidentId: string, actorId: string, digest: string): string =>
  `${incidentId}:${actorId}:${digest}`;

const LateRefusal = z.object({
  /** ms since the epoch. */
  at: z.number(),
  commandType: z.string(),
  sentence: z.string(),
  next: z.string(),
});
export type LateRefusal = z.infer<typeof LateRefusal>;

/** What of this person's was refused late at this incident since `sinceMs`, newest first. */
export async function lateRefusals(
  documents: Documents,
  incidentId: string,
  actorId: string,
  sinceMs: number,
): Promise<LateRefusal[]> {
  const found = await documents.list(LATE_REFUSAL, lateRefusalKey(incidentId, actorId, ''));
  return found
    .flatMap(({ value }) => LateRefusal.safeParse(value).data ?? [])
    .filter(({ at }) => at >= sinceMs)
    .sort((a, b) => b.at - a.at);
}
