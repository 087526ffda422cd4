import type { Flag } from '../../src/domain/session/finding.ts';
import type { FailureMode, FailureModeOrUnknown } from '../../src/domain/session/analysis.ts';
import type { ToolManifest } from '../../src/domain/tools.ts';
import { isErrorResult } from '../../src/forensics/read/tool.ts';
import type { Skin } from './skin.ts';
import {
  askedIn,
  failed,
  isRecord,
  toolTurns,
  type Json,
  type ModelTurn,
  type Rng,
  type Talk,
  type ToolTurn,
  type Turn,
} from './talk.ts';

/** What a kind may use besides the talk it changes: the tools, and other good talks of the same agent. */
export interface Around {
  tools: ToolManifest;
  peers: Talk[];
}

/** What was put into a talk, exactly. */
export interface Planted {
  mode: FailureMode;
  /** Where the runbook's words fit more than one mode. */
  orModes?: FailureModeOrUnknown[];
  origin: Turn;
  /** `at` is the exact turn; at `also` it is as good. */
  findings: { flag: Flag; at: Turn; also: Turn[] }[];
  /** Neither asked for nor a false alarm. */
  tolerated?: Flag[];
  subagents?: Talk[];
  /** What exactly was changed, for a person who looks into a miss. */
  note?: string;
}

/** One way in which a session fails, or only looks as if it did. Null where this talk does not lend itself to it. */
export interface Kind<T> {
  name: string;
  family:
    | 'schema'
    | 'nested rename'
    | 'moved a level'
    | 'changed type'
    | 'changed unit'
    | 'entity'
    | 'swapped id'
    | 'invented'
    | 'loop'
    | 'poison'
    | 'budget'
    | 'misread'
    | 'deed'
    | 'plan'
    | 'look-alike';
  /** Never looked at while rules were tuned. */
  aside?: boolean;
  /** Written later, and not run before its figures were written down. */
  blind?: boolean;
  /** Where neither says it. */
  part?: Part;
  plant: (talk: Talk, rng: Rng, around: Around) => T | null;
  /** Changes the good sessions that the profile is learned from, where the kind is about what is usual. */
  warm?: (talk: Talk, rng: Rng) => void;
  /** Other skins than the usual four. */
  skins?: readonly Skin[];
  /** Tokens and budget are as the kind has set them, though it is not a fault of the budget. */
  keepsBudget?: boolean;
}

export type Part =
  | 'tuned'
  | 'aside'
  | 'blind'
  | 'second'
  | 'third'
  | 'fourth'
  | 'fifth'
  | 'sixth'
  | 'seventh A'
  | 'seventh B'
  | 'eighth';
export const partOf = ({ aside, blind, part }: Kind<unknown>): Part =>
  part ?? (blind ? 'blind' : aside ? 'aside' : 'tuned');

export const effectOf = ({ tools }: Around, name: string): string => tools.tools[name]?.effect ?? 'write';
export const reads = (talk: Talk, around: Around): ToolTurn[] =>
  toolTurns(talk).filter((t) => effectOf(around, t.name) === 'read' && !failed(t));
export const recordReads = (talk: Talk, around: Around): ToolTurn[] =>
  reads(talk, around).filter((t) => isRecord(t.result));
export const writes = (talk: Talk, around: Around): ToolTurn[] =>
  toolTurns(talk).filter((t) => effectOf(around, t.name) === 'write' && !failed(t) && !t.sub);
export const sameTool = (talk: Talk, turn: ToolTurn): ToolTurn[] =>
  toolTurns(talk)
    .slice(toolTurns(talk).indexOf(turn))
    .filter((t) => t.name === turn.name && typeof t.result !== 'string');

/** Answers of one tool in other good sessions. */
export const answersOf = ({ peers }: Around, name: string): Json[] =>
  peers.flatMap((p) =>
    toolTurns(p)
      .filter((t) => t.name === name && typeof t.result !== 'string')
      .map((t) => t.result),
  );
export const peerWrites = (around: Around): ToolTurn[] =>
  around.peers.flatMap((p) => writes(p, around)).filter((t) => !isErrorResult(t.result));

/** The same new arguments in the call as the model wrote it and in the tool's span. */
export const setArgs = (talk: Talk, turn: ToolTurn, args: Json): ModelTurn => {
  const model = askedIn(talk, turn);
  turn.args = args;
  for (const call of model.calls) if (call.id === turn.id) call.args = structuredClone(args);
  return model;
};
