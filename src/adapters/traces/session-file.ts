import type { Session } from '../../domain/session/session.ts';
import { getText } from '../../forensics/read/attributes.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';
import { createSessionReader } from '../../forensics/read/session.ts';
import { eachSpan, TraceFileError } from './file.ts';

/** What says that spans belong together: their traces, the traces that they link to, and the sessions that they name. */
const marksOf = (span: RawSpan): string[] => {
  const session = getText(span.attributes, 'session');
  return [
    `trace ${span.traceId}`,
    ...span.links.map(({ traceId }) => `trace ${traceId}`),
    ...(session === null ? [] : [`session ${session}`]),
  ];
};

/** Throws where a file shares no session, trace or link with the first one, be it by way of others. */
const refuseStrangers = (marks: ReadonlyMap<string, ReadonlySet<string>>): void => {
  const [first, ...others] = [...marks].filter(([, held]) => held.size > 0);
  if (!first) return;
  const known = new Set(first[1]);
  let left = others;
  for (;;) {
    const joined = left.filter(([, held]) => [...held].some((mark) => known.has(mark)));
    if (joined.length === 0) break;
    for (const [, held] of joined) for (const mark of held) known.add(mark);
    left = left.filter((one) => !joined.includes(one));
  }
  const [stranger] = left;
  if (stranger)
    throw new TraceFileError(
      `${first[0]} and ${stranger[0]} share no session, trace or link, so they are not parts of one session: analyse each by itself`,
    );
};

/**
 * Trace files → one session, of which each holds a part: a log that was rotated in between, or the trace of a subagent.
 * A span that stands in two of them counts once. Throws `TraceFileError` for a file that is none, and for files of
 * sessions that have nothing to do with each other.
 */
export const sessionFromFile = async (...paths: string[]): Promise<Session> => {
  const reader = createSessionReader();
  const warnings: string[] = [];
  const limits = new Set<string>();
  const marks = new Map<string, Set<string>>();
  for (const path of paths) {
    const held = marks.get(path) ?? new Set();
    marks.set(path, held);
    await eachSpan(path, {
      take: (span) => {
        for (const mark of paths.length > 1 ? marksOf(span) : []) held.add(mark);
        reader.add(span);
      },
      warn: (sentence) => void warnings.push(paths.length > 1 ? `${path}: ${sentence}` : sentence),
      limit: (sentence) => void limits.add(sentence),
    });
  }
  refuseStrangers(marks);
  return reader.session({ warnings, limits: [...limits] });
};

/** The same, of files that must hold at least one step. */
export const recordedSession = async (...paths: string[]): Promise<Session> => {
  const session = await sessionFromFile(...paths);
  if (session.steps.length > 0) return session;
  throw new TraceFileError(
    `${paths.join(' and ')} ${paths.length > 1 ? 'hold' : 'holds'} no spans: give OTLP/JSON requests, with resourceSpans and their spans`,
  );
};
