import type { LiveConfig } from '../config/types.ts';
import type { Finding } from '../domain/session/finding.ts';
import type { FlagContext } from '../forensics/flags/rule.ts';
import { ruleWatch, type LiveRule } from '../forensics/live-rule.ts';
import { watchBudget, type Usage } from '../forensics/flags/budget-warning.ts';
import { FLAG_RULES, watchSession } from '../forensics/observe.ts';
import { createAsked } from '../forensics/read/asked.ts';
import { getNumber, getText } from '../forensics/read/attributes.ts';
import { createMessageLists } from '../forensics/read/message-lists.ts';
import { inStepOrder } from '../forensics/read/order.ts';
import { emptyAttributes, type RawSpan } from '../forensics/read/raw-span.ts';
import { stepOf } from '../forensics/read/step.ts';
import { responseTo, responseToLesson } from './judge.ts';
import { createCounter, type SessionTotals } from './totals.ts';
import { signalOfFinding, signalOfRule, type Signal } from './signal.ts';

/** What is known of an agent when one of its sessions begins. */
export interface Knowledge {
  context: FlagContext;
  lessons: readonly { incidentId: string; rule: LiveRule }[];
  live: LiveConfig;
}

/** A finding, and the span it is about: step numbers are only final when every span is there. */
export interface LiveFinding {
  finding: Finding;
  spanId: string;
}

export interface LiveSession {
  /** Takes a span; a repeated one is counted and otherwise ignored. */
  take(span: RawSpan): Signal[];
  /** Rules that were made since it began; they look at what comes from here on. */
  learn(lessons: Knowledge['lessons']): void;
  readonly totals: Readonly<SessionTotals>;
  /** Findings with the step numbers that a sealed session of the same spans would have. */
  findings(): Finding[];
  /** Findings as they came: the n-th span to arrive is step n. */
  arrivals(): Finding[];
  readonly signals: readonly Signal[];
  /** How much it keeps, roughly, in bytes. */
  readonly weight: number;
  /** Spans that came, repeated ones too. */
  readonly arrived: number;
  /** False once a span came that began before one that was judged already: the sealed session may read otherwise. */
  readonly isInOrder: boolean;
  /** From this step on only drift, loops and the budget are judged, or nothing where it failed; null while everything is. */
  readonly narrowedAt: number | null;
  /** Its outcome or the end of its root was seen. */
  readonly isOver: boolean;
}

/** The budget is counted here: it may become known only with the session's last span. */
const RULES = FLAG_RULES.filter(({ flag }) => flag !== 'BUDGET_WARNING');
const MAX_KEPT = 200;
/** What a span leaves behind beside its text. */
const SPAN_WEIGHT = 400;
const TEXT_WEIGHT = 3;

/** A span's place in the step order, without its content. */
type Mark = Pick<RawSpan, 'traceId' | 'spanId' | 'parentSpanId' | 'startNano'>;

const textWeight = ({ attributes }: RawSpan): number => {
  let characters = 0;
  for (const key in attributes) {
    const value = attributes[key];
    if (typeof value === 'string') characters += value.length;
    else if (typeof value === 'object' && value !== null) characters += JSON.stringify(value).length;
  }
  return characters;
};

export interface LiveSessionOptions {
  agent: string;
  sessionId: string;
  knowledge: Knowledge;
  /** Above this the session is judged by the rules alone that need little memory. */
  maxWeight: number;
  /** A span could not be judged, and none of the session is from there on. */
  onFailure: (error: unknown) => void;
}

/** Judges one session span by span, in the order of arrival, by the rules of sealed sessions. Pure. */
export const openLiveSession = (options: LiveSessionOptions): LiveSession => {
  const { sessionId, knowledge, maxWeight, onFailure } = options;
  const { live, lessons } = knowledge;
  const { context } = knowledge;
  const watch = watchSession(context, RULES);
  let rules = lessons.map((lesson) => ({ ...lesson, fires: ruleWatch(lesson.rule, context) }));
  let budget: ReturnType<typeof watchBudget> | null = null;
  const usages: Usage[] = [];
  let agentName: string | null = null;
  const asked = createAsked();
  const lists = createMessageLists();
  const seen = new Set<string>();
  const marks: Mark[] = [];
  const found: LiveFinding[] = [];
  const signals = new Map<string, Signal>();
  const counter = createCounter();
  const { totals } = counter;
  let [weight, arrived] = [0, 0];
  let narrowedAt: number | null = null;
  let isBroken = false;

  /** Starts counting when the budget is known, with what was used until then. */
  const budgetFindings = (span: RawSpan, usage: Usage): Finding[] => {
    const { kind, stepNumber, inputTokens, outputTokens } = usage;
    if (kind === 'llm') usages.push({ kind, stepNumber, inputTokens, outputTokens });
    if (budget) return budget(usage);
    const named = getNumber(span.attributes, 'budget');
    const tokenBudget = context.tokenBudget ?? (named !== null && named > 0 ? named : null);
    if (tokenBudget === null) return [];
    budget = watchBudget(tokenBudget);
    return usages.splice(0).flatMap(budget);
  };

  const keep = (signal: Signal): Signal[] => {
    if (signals.has(signal.key) || signals.size >= MAX_KEPT) return [];
    signals.set(signal.key, signal);
    return [signal];
  };

  const judge = (span: RawSpan): Signal[] => {
    const step = asked(stepOf(span, marks.length, sessionId, lists));
    agentName ??= step.agent ?? getText(span.resource, 'agent') ?? serviceOf(span);
    counter.count(span, step);
    weight += SPAN_WEIGHT;
    if (narrowedAt === null) {
      weight += TEXT_WEIGHT * textWeight(span);
      if (weight > maxWeight) {
        narrowedAt = marks.length;
        watch.narrow();
        rules = [];
        weight = SPAN_WEIGHT * marks.length;
      }
    }
    const { reading, findings: flagged } = watch.push(step);
    const findings = [...flagged, ...budgetFindings(span, step)];
    const out: Signal[] = [];
    for (const finding of findings) {
      const about = marks[finding.step - 1]?.spanId ?? span.spanId;
      if (found.length < MAX_KEPT) found.push({ finding, spanId: about });
      out.push(...keep(signalOfFinding(agentName, finding, about, responseTo(finding, live))));
    }
    for (const { incidentId, rule, fires } of rules)
      if (fires(reading, findings))
        out.push(...keep(signalOfRule(rule, incidentId, span.spanId, responseToLesson(live))));
    return out;
  };

  return {
    take: (span) => {
      arrived += 1;
      const key = `${span.traceId}/${span.spanId}`;
      if (seen.has(key)) return [];
      seen.add(key);
      const { traceId, spanId, parentSpanId, startNano } = span;
      marks.push({ traceId, spanId, parentSpanId, startNano });
      if (isBroken) return [];
      try {
        return judge(span);
      } catch (error) {
        // Nothing that a trace holds may end the process; what cannot be judged live is judged when it is sealed.
        isBroken = true;
        narrowedAt ??= marks.length;
        onFailure(error);
        return [];
      }
    },
    learn: (more) => {
      const known = new Set(rules.map((rule) => rule.incidentId));
      const fresh = more.filter(({ incidentId }) => !known.has(incidentId));
      if (narrowedAt === null)
        rules = [...rules, ...fresh.map((lesson) => ({ ...lesson, fires: ruleWatch(lesson.rule, context) }))];
    },
    findings: () => renumbered(found, marks),
    arrivals: () => found.map(({ finding }) => finding),
    totals,
    get signals() {
      return [...signals.values()];
    },
    get weight() {
      return weight;
    },
    get arrived() {
      return arrived;
    },
    get isInOrder() {
      return counter.isInOrder;
    },
    get narrowedAt() {
      return narrowedAt;
    },
    get isOver() {
      return counter.isOver;
    },
  };
};

const serviceOf = ({ resource }: RawSpan): string | null => {
  const name = resource['service.name'];
  return typeof name === 'string' ? name : null;
};

/** Steps are counted by arrival while a session runs, and by their start once it is read as a whole. */
const renumbered = (found: readonly LiveFinding[], marks: readonly Mark[]): Finding[] => {
  if (found.length === 0) return [];
  const nothing = emptyAttributes();
  const bare = marks.map((mark): RawSpan => ({
    ...mark,
    name: '',
    endNano: null,
    attributes: nothing,
    resource: nothing,
    links: [],
    events: [],
    status: { code: 'unset', message: null },
    dropped: 0,
  }));
  const numbers = new Map(
    inStepOrder(bare).spans.map((span, index) => [`${span.traceId}/${span.spanId}`, index + 1]),
  );
  const numberOf = (arrival: number): number => {
    const mark = marks[arrival - 1];
    return (mark && numbers.get(`${mark.traceId}/${mark.spanId}`)) ?? arrival;
  };
  return found
    .map(({ finding }) => ({
      ...finding,
      step: numberOf(finding.step),
      citations: finding.citations.map((citation) => ({ ...citation, step: numberOf(citation.step) })),
    }))
    .toSorted((a, b) => a.step - b.step);
};
