import { z } from 'zod';

/** A moment as the API says it: ISO 8601, UTC, to the millisecond. */
export const Moment = z.iso.datetime().describe('ISO 8601, UTC');
export const iso = (ms: number): string => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

/** A name or id in an address: what a database can hold. */
export const Name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u, 'must be printable');

/** A person by the stable actor id, and the name where the directory has one. */
export const PersonView = z.object({ id: z.string(), name: z.string() });
export type PersonView = z.infer<typeof PersonView>;

/** Names of people by their actor ids. */
export type NameOf = (actorId: string) => string;

export const personView = (actorId: string | null, nameOf: NameOf): PersonView | null =>
  actorId === null ? null : { id: actorId, name: nameOf(actorId) };
