import { z } from 'zod';
import { ViewLine as Line, ViewText as Text } from './text.ts';

/** Words that stand in a section, and who wrote them; null: nobody has yet. */
const Words = z.strictObject({ text: Text, by: z.enum(['engine', 'person']) }).nullable();

const SessionRow = z.strictObject({
  sessionId: Line,
  because: Line,
  /** `from – to (duration)`, UTC; null while it is not sealed. */
  timeRange: Line.nullable(),
  modelCalls: z.int().nullable(),
  tokens: z.int().nullable(),
  /** `3.1 × the usual 1,200 tokens`, or that no baseline is known. */
  baseline: Line,
  cost: Line.nullable(),
  steps: z.int().nullable(),
  sealed: Line,
  manifestSha256: Line.nullable(),
  missing: z.array(Line),
});

const ContextMessage = z.strictObject({ role: Line, text: Text });

export const ActionRow = z.strictObject({
  sessionId: Line,
  step: z.int(),
  target: Line,
  at: Line,
  outcome: Line,
  /** What became of it: reversed, declined, plan and result. */
  remediation: Line,
});

const ClassBlock = z.strictObject({
  tool: Line,
  kind: z.enum(['reversible', 'irreversible', 'no effect']),
  strategy: Line,
  count: z.int(),
  planSha256: Line,
  replaced: z.boolean(),
  /** Counts in words: `12 reversed, 3 declined`. */
  status: Line,
  plan: Text.nullable(),
  /** What people did or decided about it, with who and when. */
  records: z.array(z.strictObject({ head: Line, text: Text })),
  actions: z.array(ActionRow),
  /** Why single actions are not listed; null when they are. */
  unlisted: Line.nullable(),
});

const SignOffRow = z.strictObject({
  what: Line,
  /** The exact digest that was seen and signed. */
  digest: Line,
  requestedBy: Line,
  status: Line,
  signatures: z.array(z.strictObject({ who: Line, at: Line, what: Line, reason: Text.nullable() })),
});

/**
 * Everything a postmortem says, for HTML, Markdown and text alike. Six sections of the runbook's template, then
 * checklist, sign-offs, timeline and the digest that anchors the record. "Root cause" has no field.
 */
export const PostmortemView = z.strictObject({
  incidentId: Line,
  title: Line,
  agent: Line,
  severity: Line,
  version: z.int(),
  openedAt: Line,
  renderedAt: Line,
  link: Line,
  course: Line.nullable(),
  /** Says so when the 48 hours are over; null when in time. */
  late: Line.nullable(),
  sessionContext: z.strictObject({
    words: Words,
    /** What the session was told to do, as sealed; null: not captured. */
    intended: z.strictObject({ source: Line, text: Text }).nullable(),
    sessions: z.array(SessionRow),
  }),
  classification: z.strictObject({
    words: Words,
    mode: Line.nullable(),
    suggested: Line.nullable(),
    scores: z.array(z.strictObject({ mode: Line, score: Line })),
    because: Line.nullable(),
    misfit: Text.nullable(),
    timeToClassify: Line.nullable(),
    firstAction: z.strictObject({ sentence: Line, status: Line }).nullable(),
  }),
  origin: z.strictObject({
    words: Words,
    sessionId: Line.nullable(),
    step: z.int().nullable(),
    confirmed: Line.nullable(),
    reason: Line.nullable(),
    stepName: Line.nullable(),
    /** `step 3 → step 5 → step 9`. */
    cascade: Line.nullable(),
    symptom: z.int().nullable(),
    window: z.strictObject({
      /** Which model call this window is of, or why there is none. */
      source: Line,
      messages: z.array(ContextMessage),
    }),
  }),
  impact: z.strictObject({
    words: Words,
    summary: Line,
    attempted: z.int(),
    subagents: z.int(),
    classes: z.array(ClassBlock),
  }),
  factors: z.strictObject({
    words: Words,
    list: z.array(z.strictObject({ kind: Line, text: Text })),
    attested: Line.nullable(),
  }),
  gap: z.strictObject({ words: Words, kind: Line.nullable(), text: Text.nullable() }),
  /** `under way`: this document is the distribution that the last item asks for. */
  checklist: z.array(
    z.strictObject({ item: Line, state: z.enum(['proven', 'open', 'under way']), proof: Text }),
  ),
  signOffs: z.array(SignOffRow),
  timeline: z.array(z.strictObject({ at: Line, who: Line, what: Text })),
  /** Head of the audit chain when the document was made: an anchor outside the database. */
  audit: z.strictObject({ head: Line, seq: z.int() }),
});
export type PostmortemView = z.infer<typeof PostmortemView>;
export type ActionRow = z.infer<typeof ActionRow>;
