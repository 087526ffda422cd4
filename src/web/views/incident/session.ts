import { z } from 'zod';
import type { Analysis } from '../../../domain/session/analysis.ts';
import { Flag, FindingSeverity } from '../../../domain/session/finding.ts';
import type { Session } from '../../../domain/session/session.ts';
import { StepKind, ToolStatus, type Step } from '../../../domain/session/step.ts';

/** What a step is marked as: where the wrong premise entered, where nothing could be undone any more, where it was seen. */
export const Mark = z.enum(['fault_origin', 'first_irreversible', 'symptom']);
export type Mark = z.infer<typeof Mark>;

export const StepView = z.object({
  step: z.int(),
  kind: StepKind,
  label: z.string().describe('the tool, else the model, else the name of the span'),
  tokens: z.number().nullable(),
  toolStatus: ToolStatus.nullable(),
  durationMs: z.number().nullable(),
  marks: z.array(Mark),
  onPath: z.boolean().describe('on the cascade path'),
  action: z.enum(['reversible', 'irreversible']).nullable().describe('an external action'),
  findings: z.array(z.object({ flag: Flag, severity: FindingSeverity, message: z.string() })),
});
export type StepView = z.infer<typeof StepView>;

/** A session drawn: the steps that matter, and how many lie between them. */
export const SessionView = z.object({
  sessionId: z.string(),
  state: z
    .enum(['shown', 'not_sealed', 'being_read', 'unreadable', 'altered', 'hidden'])
    .describe('hidden: the reader has no sight of traces'),
  totalSteps: z.int(),
  confirmed: z.boolean().describe('whether a person confirmed the fault origin; else it is suggested'),
  steps: z.array(StepView),
});
export type SessionView = z.infer<typeof SessionView>;

/** What a page needs of a sealed session: no argument, answer or message. */
export interface SealedSketch {
  steps: Omit<StepView, 'marks' | 'onPath'>[];
  firstIrreversible: number | null;
  symptom: number | null;
}

const label = (step: Step): string => step.tool?.name ?? step.model ?? step.name;
const short = (text: string, max: number): string =>
  text.length > max ? `${text.slice(0, max - 1)}…` : text;

/** What is kept of a sealed session and its analysis for drawing. */
export function sketchOf(session: Session, analysis: Analysis | null): SealedSketch {
  const actions = new Map((analysis?.blastRadius.actions ?? []).map((action) => [action.step, action]));
  const findings = new Map<number, Analysis['findings']>();
  for (const finding of analysis?.findings ?? []) {
    const here = findings.get(finding.step) ?? [];
    findings.set(finding.step, here);
    if (finding.severity !== 'info') here.push(finding);
  }
  return {
    firstIrreversible: analysis?.faultOrigin.firstIrreversible ?? null,
    symptom: analysis?.faultOrigin.symptom ?? null,
    steps: session.steps.map((step) => {
      const action = actions.get(step.stepNumber);
      return {
        step: step.stepNumber,
        kind: step.kind,
        label: short(label(step), 60),
        tokens:
          step.inputTokens === null && step.outputTokens === null
            ? null
            : (step.inputTokens ?? 0) + (step.outputTokens ?? 0),
        toolStatus: step.tool?.status ?? null,
        durationMs: step.endedAtMs === null ? null : Math.max(0, step.endedAtMs - step.startedAtMs),
        action: action ? (action.reversible ? 'reversible' : 'irreversible') : null,
        findings: (findings.get(step.stepNumber) ?? [])
          .slice(0, 3)
          .map(({ flag, severity, message }) => ({ flag, severity, message: short(message, 200) })),
      };
    }),
  };
}

/** What the incident says of the session's steps. */
export interface StepMarks {
  origin: number | null;
  symptom: number | null;
  cascade: readonly number[];
}

const MOST_STEPS = 60;

/** The numbers of the steps that are drawn: the marked ones and their neighbours first, then from the beginning on. */
function chosen(steps: readonly SealedSketch['steps'][number][], wanted: readonly number[]): Set<number> {
  const known = new Set(steps.map(({ step }) => step));
  const found = new Set<number>();
  const take = (step: number): void => {
    if (found.size < MOST_STEPS && known.has(step)) found.add(step);
  };
  wanted.forEach(take);
  for (const near of [1, 2]) wanted.forEach((step) => [step - near, step + near].forEach(take));
  steps.filter(({ findings, action }) => findings.length > 0 || action).forEach(({ step }) => take(step));
  steps.forEach(({ step }) => take(step));
  return found;
}

export function stepViews(sketch: SealedSketch, { origin, symptom, cascade }: StepMarks): StepView[] {
  const at: Record<Mark, number | null> = {
    fault_origin: origin,
    first_irreversible: sketch.firstIrreversible,
    symptom: symptom ?? sketch.symptom,
  };
  const marked = Object.values(at).filter((step) => step !== null);
  const drawn = chosen(sketch.steps, [...marked, ...cascade]);
  return sketch.steps
    .filter(({ step }) => drawn.has(step))
    .map((step) => ({
      ...step,
      marks: Mark.options.filter((mark) => at[mark] === step.step),
      onPath: cascade.includes(step.step),
    }));
}
