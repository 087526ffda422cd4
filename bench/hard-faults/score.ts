import type { Analysis } from '../../src/domain/session/analysis.ts';
import type { ToolManifest } from '../../src/domain/tools.ts';
import { partOf, type Kind, type Part, type Planted } from './kind.ts';
import { failed, type Talk, type ToolTurn } from './talk.ts';
import type { Written } from './wire.ts';

export interface Outcome {
  kind: string;
  family: string;
  part: Part;
  skin: string;
  session: string;
  steps: number;
  faulty: boolean;
  due: number;
  found: number;
  exact: number;
  falseAlarms: number;
  mode: boolean;
  /** What the engine said of the mode: the nearest, its score, and how far the next one is. */
  nearest: string;
  score: number;
  margin: number;
  /** Whether the nearest mode is the one that was planted; null for honest sessions. */
  nearestRight: boolean | null;
  originScore: number | null;
  top1: boolean;
  top3: boolean;
  actions: { due: number; found: number; said: number };
  subagents: { due: number; found: number };
  wrong: string[];
}

interface Judged {
  kind: Kind<unknown>;
  planted: Planted | null;
  talk: Talk;
  tools: ToolManifest;
  written: Written;
  analysis: Analysis;
  skin: string;
}

const toolTurnsOf = (talk: Talk): ToolTurn[] =>
  talk.turns.flatMap((t) => (t.role === 'tool' ? [t, ...(t.sub ? toolTurnsOf(t.sub) : [])] : []));

/** Changes at or after the origin that took effect. */
const actionsDue = ({ talk, tools, written, planted }: Judged): Set<number> => {
  const from = planted ? written.stepOf(planted.origin) : Infinity;
  return new Set(
    toolTurnsOf(talk)
      .filter((t) => (tools.tools[t.name]?.effect ?? 'write') === 'write' && !failed(t))
      .map((t) => written.stepOf(t))
      .filter((step) => step >= from),
  );
};

/** The step at which model calls, subagents' included, have used so much of the budget. */
const budgetStep = ({ written: { session } }: Judged, share: number): number | null => {
  let used = 0;
  return (
    session.steps.find((s) => {
      used += s.kind === 'llm' ? (s.inputTokens ?? 0) + (s.outputTokens ?? 0) : 0;
      return session.tokenBudget !== null && used >= share * session.tokenBudget;
    })?.stepNumber ?? null
  );
};

export const judge = (j: Judged): Outcome => {
  const { kind, planted, written, analysis } = j;
  const loud = analysis.findings.filter((f) => f.severity !== 'info');
  const gold = (planted?.findings ?? []).map((f) => ({
    flag: f.flag,
    step: (f.flag === 'BUDGET_WARNING' ? budgetStep(j, 0.6) : null) ?? written.stepOf(f.at),
    also: f.also.map(written.stepOf),
  }));
  const fits = (g: (typeof gold)[number], f: (typeof loud)[number]): boolean =>
    g.flag === f.flag &&
    (g.step === f.step || g.also.includes(f.step) || (g.flag === 'BUDGET_WARNING' && f.step >= g.step));
  const strange = loud.filter((f) => !gold.some((g) => fits(g, f)) && !planted?.tolerated?.includes(f.flag));
  const origin = planted ? written.stepOf(planted.origin) : null;
  const steps = analysis.faultOrigin.candidates.map((c) => c.step);
  const due = actionsDue(j);
  const said = analysis.blastRadius.actions.filter((a) => a.outcome !== 'attempted').map((a) => a.step);
  const subs = (planted?.subagents ?? []).map(written.traceOf);
  const suggested = analysis.failureMode.mode;
  const mode = planted
    ? suggested === planted.mode || (planted.orModes?.includes(suggested) ?? false)
    : suggested === 'unknown';
  const missed = gold.filter((g) => !loud.some((f) => fits(g, f)));
  const [first] = analysis.faultOrigin.candidates;
  return {
    kind: kind.name,
    family: kind.family,
    part: partOf(kind),
    skin: j.skin,
    session: j.talk.id,
    steps: analysis.steps,
    faulty: planted !== null,
    due: gold.length,
    found: gold.length - missed.length,
    exact: gold.filter((g) => loud.some((f) => f.flag === g.flag && f.step === g.step)).length,
    falseAlarms: new Set(strange.map((f) => `${f.flag}${f.step}`)).size,
    mode,
    nearest: analysis.failureMode.nearest,
    score: analysis.failureMode.scores[analysis.failureMode.nearest] ?? 0,
    margin: analysis.failureMode.margin,
    nearestRight: planted
      ? [planted.mode, ...(planted.orModes ?? [])].includes(analysis.failureMode.nearest)
      : null,
    originScore: first?.score ?? null,
    top1: steps[0] === origin,
    top3: origin !== null && steps.slice(0, 3).includes(origin),
    actions: {
      due: due.size,
      found: planted ? said.filter((s) => due.has(s)).length : 0,
      said: planted ? said.length : 0,
    },
    subagents: {
      due: subs.length,
      found: subs.filter((t) => analysis.blastRadius.subagents.some((s) => s.traceId === t)).length,
    },
    wrong: [
      ...(planted?.note !== undefined && (!mode || steps[0] !== origin) ? [planted.note] : []),
      ...missed.map((g) => `missed ${g.flag} at ${g.step}`),
      ...strange.map((f) => `false ${f.flag} at ${f.step}: ${f.message}`),
      ...(planted && steps[0] !== origin
        ? [
            `origin ${origin}, said ${first ? `${first.step} (${first.score}, ${first.reason.slice(0, 110)})` : 'nothing'}; then ${steps.slice(1, 4).join(', ')}`,
          ]
        : []),
      ...(mode
        ? []
        : [
            `mode ${analysis.failureMode.mode}, not ${planted?.mode ?? 'unknown'}: ${analysis.failureMode.because}`,
          ]),
    ],
  };
};

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
const sum = (list: Outcome[], of: (o: Outcome) => number): number => list.reduce((n, o) => n + of(o), 0);
const rowOf = (list: Outcome[]): Record<string, string | number> => {
  const faulty = list.filter((o) => o.faulty);
  const steps = sum(list, (o) => o.steps);
  return {
    n: list.length,
    flagged: percent(
      sum(list, (o) => o.found),
      sum(list, (o) => o.due),
    ),
    'at the step': percent(
      sum(list, (o) => o.exact),
      sum(list, (o) => o.due),
    ),
    'false /1,000': ((1000 * sum(list, (o) => o.falseAlarms)) / Math.max(1, steps)).toFixed(1),
    mode: percent(
      sum(list, (o) => Number(o.mode)),
      list.length,
    ),
    'top-1': percent(
      sum(faulty, (o) => Number(o.top1)),
      faulty.length,
    ),
    'top-3': percent(
      sum(faulty, (o) => Number(o.top3)),
      faulty.length,
    ),
    'blast recall': percent(
      sum(faulty, (o) => o.actions.found),
      sum(faulty, (o) => o.actions.due),
    ),
    'blast precision': percent(
      sum(faulty, (o) => o.actions.found),
      sum(faulty, (o) => o.actions.said),
    ),
    subagents: percent(
      sum(faulty, (o) => o.subagents.found),
      sum(faulty, (o) => o.subagents.due),
    ),
  };
};
const grouped = (
  list: Outcome[],
  key: (o: Outcome) => string,
): Record<string, Record<string, string | number>> =>
  Object.fromEntries([...new Set(list.map(key))].map((k) => [k, rowOf(list.filter((o) => key(o) === k))]));

export const summary = (
  list: Outcome[],
): { rows: ReturnType<typeof grouped>; families: ReturnType<typeof grouped> } => ({
  rows: grouped(list, (o) => o.kind),
  families: {
    ...grouped(list, (o) => o.family),
    ...grouped(
      list.filter((o) => o.faulty),
      (o) => `faults, ${o.skin}`,
    ),
    'all faults': rowOf(list.filter((o) => o.faulty)),
  },
});
