import { Analysis } from '../domain/session/analysis.ts';

/** Reads an analysis that was stored beside the evidence. Throws a zod error for anything else. */
export const parseAnalysis = (bytes: Uint8Array): Analysis =>
  Analysis.parse(JSON.parse(new TextDecoder().decode(bytes)));
