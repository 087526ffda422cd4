import { setImmediate as breathe } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import type { Session } from '../../domain/session/session.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';
import { reviveSpan } from '../../store/spans/chunk.ts';
import { numberSteps } from './numbering.ts';
import { createRedactor } from './redact.ts';
import { countsOf, missingOf } from './seal.ts';
import { sessionOf, type SealedSteps } from './sealed.ts';
import { writeSteps } from './steps-file.ts';

export interface StepsOrder {
  sessionId: string;
  warnings: string[];
  limits: string[];
  maskedFields: readonly string[];
  /** Of the seal before this one: its numbers stand. */
  earlier: SealedSteps | null;
  /** No span was still arriving. */
  stable: boolean;
  newestArrivalMs: number;
}

/** The neutral steps of a seal, and what its manifest says of them. */
export interface NeutralSteps {
  file: Uint8Array;
  count: number;
  completeness: Session['completeness'];
  missing: string[];
  counts: ReturnType<typeof countsOf>;
}

export const neutralSteps = async (
  spans: readonly RawSpan[],
  { sessionId, warnings, limits, maskedFields, earlier, stable, newestArrivalMs }: StepsOrder,
): Promise<NeutralSteps> => {
  const session = numberSteps(
    createRedactor(maskedFields).spans(spans),
    { sessionId, warnings, limits },
    earlier && (await sessionOf(earlier)),
  );
  return {
    file: await writeSteps(session),
    count: session.steps.length,
    completeness: session.completeness,
    missing: missingOf(session, stable),
    counts: countsOf(session, newestArrivalMs),
  };
};

const PACK = 500;

/** Spans as bytes for a thread, a few at a time: cloned all at once they would hold the process for seconds. */
export const packed = async (spans: readonly RawSpan[]): Promise<Uint8Array[]> => {
  const packs: Uint8Array[] = [];
  for (let at = 0; at < spans.length; at += PACK) {
    packs.push(serialize(spans.slice(at, at + PACK)));
    await breathe();
  }
  return packs;
};

export const unpacked = (packs: readonly Uint8Array[]): RawSpan[] =>
  packs.flatMap((pack) => (deserialize(pack) as RawSpan[]).map(reviveSpan));
