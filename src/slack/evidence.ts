import type { Analysis } from '../domain/session/analysis.ts';
import type { PlanFile } from './plan-file.ts';

/**
 * Reads sealed files that cards and modals show. Throws when a file cannot be read or does not have the digest it was
 * sealed with: what cannot be shown as it was sealed is not shown.
 */
export interface EvidenceReader {
  loadPlan(uri: string, sha256: string): Promise<PlanFile>;
  loadAnalysis(uri: string, sha256: string): Promise<Analysis>;
  /** What the model had before it at a step, one line a message; empty when it was not captured. */
  loadContext?(manifestUri: string, step: number): Promise<string[]>;
}
