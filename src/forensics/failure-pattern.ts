import type { ModeSuggestion } from '../domain/session/analysis.ts';
import type { Subject } from '../domain/session/finding.ts';
import type { Session } from '../domain/session/session.ts';
import type { Hypothesis } from './origin.ts';
import { hashOf } from './values/values.ts';

/** The pattern of a failure that is about this: readable in front, a hash behind. */
export const patternOf = (
  agent: string | null,
  mode: string,
  kind: string,
  { tool, path }: Pick<Subject, 'tool' | 'path'>,
): string => `${mode}/${kind}/${hashOf(JSON.stringify([agent, mode, kind, tool, path])).slice(0, 10)}`;

/**
 * Equal for sessions that failed in the same way: agent, mode, kind of introduction, and what it was about (a tool and
 * its field, an argument, a tool that loops).
 */
export const failurePatternOf = (
  session: Session,
  mode: ModeSuggestion,
  best: Hypothesis | undefined,
): string =>
  patternOf(session.agent, mode.mode, best?.kind ?? 'none', {
    tool: best?.subject.tool ?? null,
    path: best?.subject.path ?? null,
  });
