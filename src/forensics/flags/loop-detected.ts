import type { Finding } from '../../domain/session/finding.ts';
import type { Reading } from '../narrative.ts';
import { asText } from '../read/json.ts';
import { clip, contentWords } from '../text.ts';
import { fingerprintOf, substanceOf } from '../substance.ts';
import { canonical, leavesOf } from '../values.ts';
import { isWrite, toolSpec, type FlagContext, type FlagRule } from './rule.ts';

const RULE = 'loop/1';
/** Runbook: "arguments that hash to within 90% similarity more than twice in a single session". */
export const SAME_SHARE = 0.9;
const TIMES = 3;
/** Calls that differ in a setting only still make no progress when they keep getting one full answer; one more is needed. */
const LOOSE_TIMES = 4;
/** A failure that may pass is tried again: a call and its usual three retries, of which the last may yet succeed. */
const RETRIED_TIMES = 4;
const MAY_PASS =
  /(?<!\d)(?:408|425|429|50[0234])(?!\d)|time[ds]?[\s_-]?out|timeout|too many requests|rate[\s_-]?limit|unavailable|E(?:TIMEDOUT|CONNRESET|CONNREFUSED|AI_AGAIN)/i;
const FULL = 40;
const MAX_ERROR = 2000;
const ALMOST = 0.6;
const KEPT = 40;

interface Seen {
  step: number;
  modelStep: number;
  args: Arguments;
  text: string;
  result: number;
  ok: boolean;
  /** It failed, and says of itself that it may pass. */
  mayPass: boolean;
  full: boolean;
  write: boolean;
  /** Counts up at each user turn and each effective write, which make a repetition sensible. */
  epoch: number;
  /** Which tool call of the session this is. */
  order: number;
}

/** What a share may be off by for being counted otherwise. */
const ROUNDING = 1e-9;
const PLAIN = /^[a-z0-9]*$/;
const folded = (text: string): string => (PLAIN.test(text) ? text : text.replace(/[\s\p{P}]+/gu, ' ').trim());
/** An argument as it is compared; its words are found once, when somebody asks. */
interface Argument {
  text: string;
  words: ReadonlySet<string> | null;
}
type Arguments = Map<string, Argument>;
const argsOf = (args: unknown): Arguments => {
  const counts = new Map<string, number>();
  return new Map(
    leavesOf(args).map(({ path, value }) => {
      const n = (counts.get(path) ?? 0) + 1;
      counts.set(path, n);
      return [`${path}#${n}`, { text: folded(String(value).toLowerCase()), words: null }];
    }),
  );
};

const wordShare = (a: Argument, b: Argument): number => {
  const x = (a.words ??= contentWords(a.text));
  const y = (b.words ??= contentWords(b.text));
  let both = 0;
  for (const word of x) if (y.has(word)) both += 1;
  return both / Math.max(1, x.size + y.size - both);
};

/**
 * Whether two argument lists are alike: the share of canonical fields that are the same, long texts by their words.
 * Words are counted only where they can decide it.
 */
const isAlike = (a: Arguments, b: Arguments): boolean => {
  let [common, same, unlike] = [0, 0, 0];
  const mayDiffer = a.size - SAME_SHARE * Math.max(a.size, b.size) + ROUNDING;
  const texts: [Argument, Argument][] = [];
  for (const [key, x] of a) {
    const y = b.get(key);
    if (y !== undefined) common += 1;
    if (x.text === y?.text) same += 1;
    else if (y !== undefined && x.text.length > 24 && y.text.length > 24) texts.push([x, y]);
    else if ((unlike += 1) > mayDiffer) return false;
  }
  const fields = a.size + b.size - common;
  if (fields === 0) return true;
  if ((same + texts.length) / fields < SAME_SHARE) return false;
  for (const [x, y] of texts) same += wordShare(x, y);
  return same / fields >= SAME_SHARE;
};

const SETTING = /^-?\d{1,6}$|^(?:true|false|null)$/;
const SETTING_NAME =
  /(?:^|[._]|[a-z](?=[A-Z]))(?:limit|size|max|min|top|count|depth|timeout|retries|verbose|format|detail|fields|sort)(?:[_A-Z].*)?#\d+$/i;
/**
 * Whether two calls ask the same with another setting: one that is called so, or, where the answer is full enough to be
 * the same by no accident, any number, switch, or argument that only one of them has.
 */
const differsInSettings = (a: Arguments, b: Arguments, full: boolean): boolean => {
  const keys = [...new Set([...a.keys(), ...b.keys()])];
  const differing = keys.filter((k) => a.get(k)?.text !== b.get(k)?.text);
  return (
    differing.length < keys.length &&
    differing.length <= 2 &&
    differing.every((k) => {
      const [x, y] = [a.get(k), b.get(k)];
      if (SETTING_NAME.test(k)) return true;
      if (x === undefined || y === undefined) return full;
      return (
        (full && SETTING.test(x.text) && SETTING.test(y.text)) ||
        (x.text.length > 24 && y.text.length > 24 && wordShare(x, y) >= ALMOST)
      );
    })
  );
};

const findingOf = (tool: string, group: Seen[], severity: Finding['severity'], message: string): Finding => {
  const first = group[1] ?? group[0];
  return {
    flag: 'LOOP_DETECTED',
    step: first?.step ?? 1,
    severity,
    rule: RULE,
    message: `${tool} ${message}`,
    citations: group.slice(0, TIMES).map((g) => ({ step: g.step, place: 'tool.input', quote: clip(g.text) })),
    subject: { tool, path: null, becomes: null },
  };
};

/**
 * Runbook: the same tool with arguments at least 90 % alike more than twice (`info`). Measured: raised where the answer
 * does not change either, no person spoke and nothing was written in between, and the tool is not one to poll.
 */
export const loopDetected: FlagRule = {
  flag: 'LOOP_DETECTED',
  rule: RULE,
  watch: (context) => {
    const byTool = new Map<string, Seen[]>();
    const raised = new Map<string, Finding['severity']>();
    const epochs = { user: 0, write: 0, calls: 0 };
    return (reading) => {
      if (reading.userTurn) epochs.user += 1;
      const call = seenOf(context, reading, epochs);
      if (!call || !reading.step.tool) return [];
      const tool = reading.step.tool.name;
      const earlier = byTool.get(tool) ?? [];
      byTool.set(tool, earlier);
      if (call.write && reading.step.tool.status === 'ok' && !earlier.some((e) => same(e, call)))
        epochs.write += 1;
      const out = judge(context, tool, earlier, call, raised);
      earlier.push(call);
      if (earlier.length > KEPT) earlier.shift();
      return out;
    };
  },
};

const seenOf = (
  { tools }: FlagContext,
  { step, modelStep }: Reading,
  epochs: { user: number; write: number; calls: number },
): Seen | null => {
  if (!step.tool) return null;
  const asked = substanceOf(step.tool.args);
  const answer = fingerprintOf(step.tool.result);
  const write = isWrite(tools, step.tool.name);
  return {
    step: step.stepNumber,
    modelStep,
    args: argsOf(asked),
    text: canonical(asked),
    result: answer.hash,
    ok: step.tool.status === 'ok',
    mayPass:
      step.tool.status === 'error' &&
      MAY_PASS.test(`${step.tool.error ?? ''} ${asText(step.tool.result).slice(0, MAX_ERROR)}`),
    full: answer.size >= FULL,
    write,
    epoch: epochs.user * 1e6 + (write ? 0 : epochs.write),
    order: (epochs.calls += 1),
  };
};
const same = (a: Seen, b: Seen): boolean => a.text === b.text && a.result === b.result;

/** The call just before the first of a group, when it asked the same: what followed was a repetition of it already. */
const withPrelude = (group: Seen[], near: Seen[]): Seen[] => {
  const [first] = group;
  const before = first && near[near.indexOf(first) - 1];
  const joined = before && first && before.epoch === first.epoch && before.order === first.order - 1;
  return joined ? [before, ...group] : group;
};

const judge = (
  context: FlagContext,
  tool: string,
  earlier: Seen[],
  call: Seen,
  raised: Map<string, Finding['severity']>,
): Finding[] => {
  const out: Finding[] = [];
  const put = (key: string, finding: Finding): void => {
    if (raised.has(key)) return;
    raised.set(key, finding.severity);
    out.push(finding);
  };
  const near = [...earlier.filter((e) => isAlike(e.args, call.args)), call];
  if (near.length < TIMES && earlier.length < LOOSE_TIMES - 1) return out;
  if (toolSpec(context.tools, tool)?.poll !== true) {
    const stuck = near.filter((e) => e.epoch === call.epoch && e.result === call.result);
    const key = `${tool}/${call.epoch}/${call.result}`;
    const loose = call.ok
      ? earlier.filter(
          (e) =>
            e.epoch === call.epoch &&
            e.result === call.result &&
            differsInSettings(e.args, call.args, call.full),
        )
      : [];
    const times = call.mayPass ? RETRIED_TIMES : TIMES;
    if (stuck.length >= times)
      put(
        key,
        findingOf(
          tool,
          withPrelude(stuck, near),
          stuck.length > times ? 'critical' : 'warning',
          `was called ${stuck.length} times with the same arguments and gave the same answer; nobody spoke and nothing was changed in between`,
        ),
      );
    else if (loose.length + 1 >= LOOSE_TIMES)
      put(
        key,
        findingOf(
          tool,
          [...loose, call],
          'warning',
          `was called ${loose.length + 1} times with arguments that hardly differ and gave the same answer each time`,
        ),
      );
  }
  if (near.length >= TIMES && out.length === 0)
    put(
      `info/${tool}/${near[0]?.step}`,
      findingOf(tool, near, 'info', `was called ${near.length} times with arguments at least 90 % alike`),
    );
  return out;
};
