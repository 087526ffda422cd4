import type { Finding, Flag } from '../../domain/session/finding.ts';
import type { ToolManifest, ToolSpec } from '../../domain/tools.ts';
import type { Ledger } from '../values/ledger.ts';
import type { Reading } from '../narrative.ts';
import type { Profile } from '../learned/profile.ts';

/** 0 (nothing in common) to 1 (the same), for two pieces of text. */
export type Similarity = (a: string, b: string) => number;

/** What a rule may know besides the session. Everything may be missing; rules then say less, never more. */
export interface FlagContext {
  profile: Profile | null;
  tools: ToolManifest | null;
  /** Tokens a session may use; null where nobody set a budget. */
  tokenBudget: number | null;
  similarity: Similarity;
}

/**
 * One of the five flags. `watch` starts a session and gives the function that takes its steps one by one; a live prefix
 * and a sealed session go through the same function. A finding may name an earlier step than the one it came with.
 */
export interface FlagRule {
  flag: Flag;
  /** Name and version, written into each finding. */
  rule: string;
  watch: (context: FlagContext) => (reading: Reading, ledger: Ledger) => Finding[];
}

export const toolSpec = (tools: ToolManifest | null, name: string): ToolSpec | undefined =>
  tools && Object.hasOwn(tools.tools, name) ? tools.tools[name] : undefined;

/** Whether a call changes something outside the session. Without a manifest nobody knows, and nothing counts. */
export const isWrite = (tools: ToolManifest | null, name: string): boolean =>
  tools !== null && (toolSpec(tools, name)?.effect ?? 'write') === 'write';

export const spawns = (tools: ToolManifest | null, name: string): boolean =>
  toolSpec(tools, name)?.spawnsAgent === true;
