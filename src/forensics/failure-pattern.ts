import type { ModeSuggestion } from '../domain/session/analysis.ts';
import type { Session } from '../domain/session/session.ts';
import type { Hypothesis } from './origin.ts';
import { hashOf } from './values.ts';

/**
 * Equal for sessions that failed in the same way: agent, mode, kind of introduction, and what it was about (a tool and
 * its field, an argument, a tool that loops). Readable in front, a hash behind.
 */
export const failurePatternOf = (
  session: Session,
  mode: ModeSuggestion,
  best: Hypothesis | undefined,
): string => {
  const kind = best?.kind ?? 'none';
  const detail = hashOf(
    JSON.stringify([session.agent, mode.mode, kind, best?.subject.tool ?? null, best?.subject.path ?? null]),
  ).slice(0, 10);
  return `${mode.mode}/${kind}/${detail}`;
};
