import { z } from 'zod';
import { canonical } from '../domain/canonical.ts';
import type { Erased } from '../store/port/erasures.ts';
import { sha256Of } from '../store/prose.ts';

const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');

/** One record as it was chained. */
export const ExportedRow = z.strictObject({
  incidentId: z.string(),
  seq: z.int().positive(),
  event: z.unknown(),
  prevHash: Hash,
  hash: Hash,
  recordedAtMs: z.number(),
});
export type ExportedRow = z.infer<typeof ExportedRow>;

/** Words of people that a record names by their digest. Words that were erased are not there. */
export const ExportedWords = z.strictObject({ sha256: Hash, text: z.string() });
export type ExportedWords = z.infer<typeof ExportedWords>;

export const ExportedHead = z.strictObject({
  incidentId: z.string(),
  seq: z.int().positive(),
  head: Hash,
  signedAtMs: z.number(),
  keyId: z.string(),
  signature: z.string(),
});
export type ExportedHead = z.infer<typeof ExportedHead>;

/** An erasure as it is on record: what was erased, who ordered it and why. */
export const Erasure = z.strictObject({
  /** Its number in the table of erasures. */
  id: z.int(),
  what: z.enum(['evidence', 'words']),
  by: z.string(),
  reason: z.string(),
  atMs: z.number(),
});
export type Erasure = z.infer<typeof Erasure>;

export const erasureOf = ({ id, what, by, reason, atMs }: Erased): Erasure => ({
  id,
  what,
  by,
  reason,
  atMs,
});

/** The first line of an incident's export: what the rest must add up to. */
export const ExportManifest = z.strictObject({
  kind: z.literal('holdpoint-audit'),
  version: z.literal(2),
  incidentId: z.string(),
  /** Records, and the last one's hash, as the projection has them: a cut table disagrees with it. */
  rows: z.int().nonnegative(),
  head: Hash,
  /** Texts that follow the records. */
  words: z.int().nonnegative(),
  /** Digests of texts that were erased; any other that a record names has to be here. Not said where words were left out. */
  erased: z.array(Hash).optional(),
  /** Every erasure of the incident. Not said in older exports. */
  erasures: z.array(Erasure).optional(),
  heads: z.array(ExportedHead),
  /** Of the fields above, in canonical JSON. */
  sha256: Hash,
});
export type ExportManifest = z.infer<typeof ExportManifest>;

/** The first line of an export of several incidents, each of which follows as an export of its own. */
export const ExportSet = z.strictObject({
  kind: z.literal('holdpoint-audit-set'),
  version: z.literal(1),
  /** Incidents with a record from `fromMs` on and before `toMs`; null is no bound. Their chains are whole. */
  fromMs: z.number().nullable(),
  toMs: z.number().nullable(),
  exportedAtMs: z.number(),
  incidents: z.array(z.strictObject({ incidentId: z.string(), rows: z.int(), head: Hash })),
  sha256: Hash,
});
export type ExportSet = z.infer<typeof ExportSet>;

/** A first line with the digest of its own content. */
export const sealed = <T extends object>(fields: T): T & { sha256: string } => ({
  ...fields,
  sha256: sha256Of(canonical(fields)),
});

/** Whether the content of a first line is what its digest says. */
export const isSealed = ({ sha256, ...fields }: { sha256: string }): boolean =>
  sha256Of(canonical(fields)) === sha256;

export const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
