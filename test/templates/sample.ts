import type { Analysis } from '../../src/domain/session/analysis.ts';
import type { Session } from '../../src/domain/session/session.ts';
import type { Step } from '../../src/domain/session/step.ts';
import type { PlannedAction, PostmortemSource } from '../../src/templates/source.ts';
import { ana, ben, HOUR, kim, lee, sha, story, T0, type Story } from '../domain/incident/story.ts';

const complete = {
  complete: true,
  steps: 9,
  missingFields: [],
  limits: [],
  orphanSpans: [],
  duplicateSpans: 0,
  truncated: [],
  warnings: [],
};

export const step = (stepNumber: number, over: Partial<Step> = {}): Step => ({
  sessionId: 's1',
  stepNumber,
  spanId: `span-${stepNumber}`,
  traceId: 'trace-1',
  parentSpanId: null,
  links: [],
  kind: 'llm',
  name: 'chat',
  agent: 'loan-agent',
  model: 'model-2026-01-15',
  inputTokens: 400,
  outputTokens: 40,
  costUsd: null,
  tool: null,
  systemInstructions: null,
  messagesIn: null,
  messagesOut: null,
  summary: null,
  objective: null,
  emittedStep: stepNumber,
  emittedAnomaly: null,
  startedAtMs: T0 - HOUR + stepNumber * 1_000,
  endedAtMs: T0 - HOUR + stepNumber * 1_000 + 500,
  error: null,
  ...over,
});

export const instructions =
  'You decide loan applications. Verify the income of every applicant before you decide. Escalate when a value is missing.';

export const session = (over: Partial<Session> = {}): Session => ({
  sessionId: 's1',
  agent: 'loan-agent',
  tokenBudget: null,
  outcome: 'completed',
  completeness: complete,
  steps: [
    step(1, {
      systemInstructions: instructions,
      messagesIn: [{ role: 'user', content: 'Decide application APP-1042.' }],
    }),
    step(2, { messagesIn: [{ role: 'user', content: 'Decide application APP-1042.' }] }),
    step(3, {
      kind: 'tool',
      name: 'verify_income',
      tool: {
        name: 'verify_income',
        callId: 'call-1',
        args: { applicant: 'P-77' },
        result: { annual_income_eur: 52_000, verified: true },
        status: 'ok',
        outputFields: ['annual_income_eur', 'verified'],
        latencyMs: 80,
        error: null,
      },
    }),
    step(4, {
      systemInstructions: instructions,
      messagesIn: [
        { role: 'user', content: 'Decide application APP-1042.' },
        {
          role: 'tool',
          content: '',
          toolResult: { callId: 'call-1', result: { annual_income_eur: 52_000, verified: true } },
        },
      ],
      messagesOut: [{ role: 'assistant', content: 'The income is null, so the application is declined.' }],
    }),
  ],
  ...over,
});

export const analysis: Analysis = {
  sessionId: 's1',
  steps: 9,
  completeness: complete,
  findings: [
    {
      flag: 'TOOL_SCHEMA_DRIFT',
      step: 3,
      severity: 'critical',
      rule: 'drift/2',
      message: 'verify_income answered annual_income_eur where income was expected.',
      citations: [],
    },
  ],
  failureMode: {
    mode: 'tool_misfire',
    scores: { tool_misfire: 0.8 },
    margin: 0.4,
    firstAction: 'Audit the systems that the tools wrote to.',
    nearest: 'tool_misfire',
    because: 'A tool answered with a field that its contract does not have.',
  },
  faultOrigin: { candidates: [], symptom: 9, firstIrreversible: 8, readingOrder: [1, 2, 3] },
  cascadePath: [3, 5, 9],
  blastRadius: { actions: [], subagents: [] },
  failurePattern: 'verify_income drift',
};

const planned = (target: string, at: number): PlannedAction => ({
  sessionId: 's1',
  step: at,
  target,
  outcome: 'done',
  atMs: T0 - HOUR + at * 1_000,
});

export const plans: PostmortemSource['plans'] = {
  status: [planned('APP-1042', 5), planned('APP-1043', 6), planned('APP-1044', 7), planned('APP-1045', 8)],
  letters: [planned('APP-1042', 8), planned('APP-1043', 9)],
};

export const names = {
  [ana.id]: 'Ana Ruiz',
  [ben.id]: 'Ben Okafor',
  [kim.id]: 'Kim Sørensen',
  [lee.id]: 'Lee Park',
  engine: 'Holdpoint',
};

/** What a postmortem of this life is made of, with everything readable. */
export const sourceOf = (life: Story, over: Partial<PostmortemSource> = {}): PostmortemSource => ({
  state: life.state,
  events: life.events,
  sessions: { s1: { session: session(), analysis } },
  plans,
  names,
  link: 'http://127.0.0.1:8080/incidents/inc-loan-1',
  audit: { head: sha('head'), seq: life.state.seq },
  renderedAt: life.at,
  ...over,
});

export const finalSource = (over: Partial<PostmortemSource> = {}): PostmortemSource =>
  sourceOf(story().final(), over);
