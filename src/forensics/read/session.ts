import { SessionOutcome } from '../../domain/session/outcome.ts';
import type { Session } from '../../domain/session/session.ts';
import type { Step } from '../../domain/session/step.ts';
import { createAsked } from './asked.ts';
import { getNumber, getText } from './attributes.ts';
import { completenessOf, noteOf, type SpanNote } from './completeness.ts';
import { createMessageLists } from './message-lists.ts';
import { inStepOrder, type Placed } from './order.ts';
import type { RawSpan } from './raw-span.ts';
import { stepOf } from './step.ts';

interface SessionOptions {
  sessionId?: string;
  /** Of reading the source. */
  warnings?: string[];
  /** What the source cannot keep of any session. */
  limits?: string[];
}

/** Takes the spans of a session, every trace of it, in any order, and keeps of each what its step holds. */
export interface SessionReader {
  add: (span: RawSpan) => void;
  /** The session of what was added; to be called once. */
  session: (options?: SessionOptions) => Session;
}

/** What is left of a span. */
interface Entry extends Placed {
  /** Its number is given, and its session where it names none, when all are there; null for one that was there before. */
  step: Step | null;
  note: SpanNote;
  agent: string | null;
  budget: number | null;
  outcome: Session['outcome'];
}

const outcomeOf = ({ attributes }: RawSpan): Session['outcome'] => {
  const said = attributes['holdpoint.session.outcome'];
  return said === undefined ? null : (SessionOutcome.safeParse(said).data ?? null);
};

const serviceOf = (span: RawSpan): string | null => {
  const name = span.resource['service.name'];
  return typeof name === 'string' ? name : null;
};

const NOT_READ: SpanNote = {
  namesSession: true,
  saysStatus: true,
  saysFields: true,
  isHalted: false,
  dropped: 0,
  cut: [],
};

export const createSessionReader = (): SessionReader => {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  const lists = createMessageLists();

  const add = (span: RawSpan): void => {
    const { traceId, spanId, parentSpanId, startNano, name } = span;
    const place = { traceId, spanId, parentSpanId, startNano, name };
    const key = `${traceId}/${spanId}`;
    if (spanId !== '' && seen.has(key)) {
      entries.push({ ...place, step: null, note: NOT_READ, agent: null, budget: null, outcome: null });
      return;
    }
    seen.add(key);
    const step = stepOf(span, 0, '', lists);
    const budget = getNumber(span.attributes, 'budget');
    entries.push({
      ...place,
      step,
      note: noteOf(span),
      agent: getText(span.resource, 'agent') ?? serviceOf(span),
      budget: budget !== null && budget > 0 ? budget : null,
      outcome: outcomeOf(span),
    });
  };

  const session = ({ sessionId: named, warnings = [], limits }: SessionOptions = {}): Session => {
    const ordered = inStepOrder(entries);
    const firstOf = <T>(read: (entry: Entry) => T | null): T | null => {
      for (const entry of ordered.spans) {
        const value = read(entry);
        if (value !== null) return value;
      }
      return null;
    };
    const sessionId =
      named ?? firstOf(({ step }) => step?.sessionId || null) ?? ordered.spans[0]?.traceId ?? 'unknown';
    const asked = createAsked();
    const steps = ordered.spans.flatMap(({ step, spanId }, i) =>
      step ? [asked({ ...step, sessionId: step.sessionId || sessionId, stepNumber: i + 1, spanId })] : [],
    );
    const notes = ordered.spans.map(({ note }) => note);
    return {
      sessionId,
      agent: steps.find((s) => s.agent !== null)?.agent ?? firstOf(({ agent }) => agent),
      steps,
      tokenBudget: firstOf(({ budget }) => budget),
      outcome: firstOf(({ outcome }) => outcome),
      completeness: completenessOf(steps, ordered, notes, warnings, limits),
    };
  };

  return { add, session };
};

/**
 * All spans of a session, every trace of it, in any order → the session. Steps are numbered from 1 by start time, a
 * parent before its children, then by span id. `warnings` are those of reading the source, `limits` what it cannot keep;
 * both go into the report.
 */
export const sessionFromSpans = (spans: readonly RawSpan[], options: SessionOptions = {}): Session => {
  const reader = createSessionReader();
  for (const span of spans) reader.add(span);
  return reader.session(options);
};
