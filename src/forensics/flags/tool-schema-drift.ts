import type { Citation, Finding } from '../../domain/session/finding.ts';
import { differences, sameLevel, standsIn, type Difference } from '../values/drift.ts';
import { asText } from '../read/json.ts';
import { addSample, emptySamples, shapeOf, typeOf, type Samples, type Shape } from '../values/shape.ts';
import { clip, quoteAt } from '../text/text.ts';
import { at, canonical, opened, openedAs } from '../values/values.ts';
import type { FlagContext, FlagRule } from './rule.ts';

const RULE = 'drift/1';
/** A field must have been there this often before its absence means something on its own. */
const REQUIRED_AFTER = 8;
const STANDS_IN = 0.6;

type Missing = Extract<Difference, { kind: 'missing' }>;
type Added = Extract<Difference, { kind: 'added' }>;
interface Verdict {
  severity: Finding['severity'];
  message: string;
  key: string;
  path: string;
  becomes?: string;
}

const shortly = (value: unknown): string => clip(asText(value), 60);

/** Pairs each missing field with the added one that best stands in for it: first at the same level, then at another. */
const renames = (
  tool: string,
  missing: Missing[],
  added: Added[],
  before: unknown,
): { verdicts: Verdict[]; used: Set<Difference> } => {
  const used = new Set<Difference>();
  const verdicts: Verdict[] = [];
  const pairs = missing
    .flatMap((m) =>
      added.map((a) => ({
        m,
        a,
        level: sameLevel(m.path, a.path),
        score: standsIn(m, a, before === undefined ? undefined : at(before, m.path)),
      })),
    )
    .map((p) => ({
      ...p,
      score: p.level ? p.score : p.m.key === p.a.key ? p.score + 0.3 : p.score >= 1 ? p.score : 0,
    }))
    .filter((p) => p.score >= STANDS_IN)
    .toSorted((x, y) => Number(y.level) - Number(x.level) || y.score - x.score);
  for (const { m, a, level } of pairs) {
    if (used.has(m) || used.has(a)) continue;
    used.add(m).add(a);
    const message = level
      ? `the field \`${m.path}\` of \`${tool}\` was renamed to \`${a.path}\``
      : `the field \`${m.path}\` of \`${tool}\` moved to \`${a.path}\``;
    verdicts.push({
      severity: 'critical',
      message,
      key: `rename/${m.path}/${a.path}`,
      path: m.path,
      becomes: a.path,
    });
  }
  return { verdicts, used };
};

/** The field sits somewhere in what is new: a level was put around it. */
const nested = (tool: string, missing: Missing[], added: Added[], used: Set<Difference>): Verdict[] =>
  missing
    .filter((m) => !used.has(m))
    .flatMap((m) => {
      const home = added.find((a) => holds(a.value, m.key, 0));
      if (!home) return [];
      used.add(m).add(home);
      return [
        {
          severity: 'critical' as const,
          message: `the field \`${m.path}\` of \`${tool}\` moved into \`${home.path}\``,
          key: `moved/${m.path}`,
          path: m.path,
          becomes: `${home.path}.${m.key}`,
        },
      ];
    });
const holds = (raw: unknown, key: string, depth: number): boolean => {
  const value = opened(raw);
  if (depth > 4 || value === null || typeof value !== 'object') return false;
  return (
    (!Array.isArray(value) && Object.hasOwn(value, key)) ||
    Object.values(value)
      .slice(0, 50)
      .some((v) => holds(v, key, depth + 1))
  );
};

const single = (tool: string, d: Difference): Verdict => ({ ...judgement(tool, d), path: d.path });
const judgement = (tool: string, d: Difference): Omit<Verdict, 'path'> => {
  const name = `\`${d.path || 'the answer'}\` of \`${tool}\``;
  switch (d.kind) {
    case 'missing':
      return {
        severity: (d.parent.objects ?? 0) >= REQUIRED_AFTER ? 'warning' : 'info',
        message: `the field ${name}, always there before, is gone`,
        key: `gone/${d.path}`,
      };
    case 'added':
      return {
        severity: 'info',
        message: `${name} is a field it never answered with before`,
        key: `added/${d.path}`,
      };
    case 'type':
      return {
        severity: 'critical',
        message: `${name} is ${d.to} (${shortly(d.value)}) where it always was ${d.from}`,
        key: `type/${d.path}`,
      };
    case 'format':
      return {
        severity: 'warning',
        message: `${name} is written as ${d.to} (${shortly(d.value)}) where it always was ${d.from}`,
        key: `format/${d.path}`,
      };
    case 'unit':
      return {
        severity: 'warning',
        message: `${name} is of another order of size (${d.values.slice(0, 3).join(', ')}; before ${d.from.numbers?.min} to ${d.from.numbers?.max}): its unit may have changed`,
        key: `unit/${d.path}`,
      };
  }
};

const verdictsOf = (tool: string, found: Difference[], before: unknown): Verdict[] => {
  const missing = found.filter((d) => d.kind === 'missing');
  const added = found.filter((d) => d.kind === 'added');
  const { verdicts, used } = renames(tool, missing, added, before);
  const moved = nested(tool, missing, added, used);
  return [...verdicts, ...moved, ...found.filter((d) => !used.has(d)).map((d) => single(tool, d))];
};

/** A whole answer of another type is an outage or a message, not a schema, unless JSON became other JSON. */
const comparable = (value: unknown, shape: Shape): boolean =>
  typeOf(value) in shape.types || (typeof value !== 'string' && value !== null);

const RANK = { critical: 0, warning: 1, info: 2 };
const lastKey = (path: string): string => path.replace(/(?:\[\]|\.\*)+$/, '').replace(/^.*\./, '');
/** The answer, from where the field stands that it is about; from its beginning where that is gone. */
const quoteOf = (step: number, result: unknown, v: Verdict): Citation => {
  const text = asText(result);
  const at = Math.max(0, text.indexOf(`"${lastKey(v.becomes ?? v.path)}"`));
  return { step, place: 'result', quote: at === 0 ? clip(text, 280) : quoteAt(text, at, 280) };
};

interface Watch {
  /** Without a profile: what the tool answered earlier in this session. */
  session: Map<string, Samples>;
  /** The shape of those answers, made anew when a quarter more of them are there. */
  shapes: Map<string, { of: number; shape: Shape }>;
  answers: Map<string, unknown>;
  raised: Set<string>;
}
const RENEWED_AT = 1.25;
/** Two answers of a session may differ by chance (2.9 false alarms in 1,000 good steps); three have not. */
const FIRST_ANSWERS = 3;
const shapeFor = (context: FlagContext, watch: Watch, tool: string): Shape | null => {
  const learned =
    context.profile && Object.hasOwn(context.profile.tools, tool) ? context.profile.tools[tool] : undefined;
  if (learned && learned.result.count > 0) return learned.result;
  const samples = watch.session.get(tool);
  if (!samples || samples.count < FIRST_ANSWERS) return null;
  const made = watch.shapes.get(tool);
  if (made && samples.count < made.of * RENEWED_AT) return made.shape;
  const shape = shapeOf(samples);
  watch.shapes.set(tool, { of: samples.count, shape });
  return shape;
};

/**
 * Runbook: "Flag when a tool response contains field names not present in the tool's documented schema from the last
 * validated session" (`info`). Measured: fields that were always there and are gone, renamed or moved; other types,
 * formats and units. Errors and empty answers are no schema. Renames are matched by equal value, type and position.
 */
export const toolSchemaDrift: FlagRule = {
  flag: 'TOOL_SCHEMA_DRIFT',
  rule: RULE,
  watch: (context) => {
    const watch: Watch = { session: new Map(), shapes: new Map(), answers: new Map(), raised: new Set() };
    return ({ step }) => {
      if (
        !step.tool ||
        step.tool.status === 'error' ||
        step.tool.status === 'empty' ||
        step.tool.result === undefined
      )
        return [];
      const { name, args } = step.tool;
      const shape = shapeFor(context, watch, name);
      const value = shape ? openedAs(step.tool.result, shape.types) : opened(step.tool.result);
      const key = `${name}\u0000${canonical(args)}`;
      const verdicts =
        shape && comparable(value, shape)
          ? verdictsOf(name, differences(value, shape), watch.answers.get(key))
          : [];
      const loud = verdicts.some((v) => v.severity !== 'info');
      if (watch.answers.size < 500 && !loud && !watch.answers.has(key)) watch.answers.set(key, value);
      if (!loud && !context.profile) {
        const samples = watch.session.get(name) ?? emptySamples();
        watch.session.set(name, samples);
        addSample(samples, value);
      }
      const news = verdicts
        .filter((v) => !watch.raised.has(`${name}/${v.key}`))
        .toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
      for (const v of news) watch.raised.add(`${name}/${v.key}`);
      return news.slice(0, 8).map((v) => ({
        flag: 'TOOL_SCHEMA_DRIFT' as const,
        step: step.stepNumber,
        severity: v.severity,
        rule: RULE,
        message: v.message,
        citations: [quoteOf(step.stepNumber, value, v)],
        subject: { tool: name, path: v.path, becomes: v.becomes ?? null },
      }));
    };
  },
};
