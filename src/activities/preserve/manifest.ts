import { z } from 'zod';
import { Completeness } from '../../domain/session/session.ts';
import { Sha256 } from '../../domain/incident/vocabulary.ts';

const SealedFile = z.object({ uri: z.string(), sha256: Sha256, bytes: z.int().nonnegative() });
export type SealedFile = z.infer<typeof SealedFile>;

/** What was sealed of a session: every file with its digest, and what is known to be missing. Times in ms. */
export const Manifest = z.object({
  kind: z.literal('holdpoint-seal'),
  version: z.literal(1),
  incidentId: z.string(),
  agent: z.string(),
  sessionId: z.string(),
  sealNumber: z.int().positive(),
  /** The seal before this one, whose step numbers stand here too. */
  previousUri: z.string().nullable(),
  source: z.string(),
  /** The source's answers, word for word but for masked fields. */
  pages: z.array(SealedFile.extend({ source: z.string(), contentType: z.string(), masked: z.int() })),
  spans: z.int().nonnegative(),
  /** Neutral steps: gzipped JSON lines, the session first and then a step a line. */
  steps: SealedFile.extend({ count: z.int().nonnegative() }),
  completeness: Completeness,
  /** Every span that the source has was read, and none was still arriving. */
  exportComplete: z.boolean(),
  missing: z.array(z.string()),
  /** Names of fields whose values were not sealed. */
  maskedFields: z.array(z.string()),
  /** By the clock of the machine that sealed. */
  exportedAtMs: z.int(),
  /** That clock ahead of Temporal's, the wait of the work for this machine included. */
  clockAheadMs: z.int().optional(),
  sessionStartedAtMs: z.int(),
  sessionEndedAtMs: z.int(),
  lastStepStartedAtMs: z.int().optional(),
  rotatesAtMs: z.int().nullable(),
  modelCalls: z.int(),
  tokens: z.int(),
  costUsd: z.number().nullable(),
  baselineTokens: z.number().nullable(),
});
export type Manifest = z.infer<typeof Manifest>;

/** The name under which the seal of a session is found again. */
export const sealName = (incidentId: string, sessionId: string, sealNumber: number): string[] => [
  'seal',
  incidentId,
  sessionId,
  String(sealNumber),
];
