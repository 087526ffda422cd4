import type { Finding } from '../../domain/session/finding.ts';
import type { ToolCall } from '../../domain/session/step.ts';
import type { Reading } from '../narrative.ts';
import { asText } from '../read/json.ts';
import { argsOf, differsInSettings, isAlike, type Arguments } from '../values/likeness.ts';
import { clip } from '../text/text.ts';
import { fingerprintOf, substanceOf } from '../values/substance.ts';
import { canonical, leavesOf } from '../values/values.ts';
import { isWrite, toolSpec, type FlagContext, type FlagRule } from './rule.ts';

const RULE = 'loop/1';
const TIMES = 3;
/** Calls that differ in a setting only still make no progress when they keep getting one full answer; one more is needed. */
const LOOSE_TIMES = 4;
/** A failure that may pass is tried again: a call and its usual three retries, of which the last may yet succeed. */
const RETRIED_TIMES = 4;
/** What says that it is under way is waited for. An order that is pending says no such thing. */
const UNDER_WAY =
  /^(?:running|processing|in[ _-]?progress|queued|starting|started|building|uploading|downloading|rendering|executing|working)$/i;
const STATE = /(?:^|[._])(?:state|status|phase|stage)$/i;
/** What has changed between equal calls is waited for; it may stand still for a while. */
const WAITED_TIMES = 6;
const MAY_PASS =
  /(?<!\d)(?:408|425|429|50[0234])(?!\d)|time[ds]?[\s_-]?out|timeout|too many requests|rate[\s_-]?limit|unavailable|E(?:TIMEDOUT|CONNRESET|CONNREFUSED|AI_AGAIN)/i;
const FULL = 40;
const MAX_ERROR = 2000;
const KEPT = 40;

/** What calls are compared by. */
interface Compared {
  args: Arguments;
  text: string;
  result: number;
  /** It failed, and says of itself that it may pass. */
  mayPass: boolean;
  full: boolean;
  isUnderWay: () => boolean;
}
const comparedOf = ({ args, result, status, error }: ToolCall): Compared => {
  const asked = substanceOf(args);
  const answer = fingerprintOf(result);
  const mayPass = status === 'error' && MAY_PASS.test(`${error ?? ''} ${asText(result).slice(0, MAX_ERROR)}`);
  return {
    args: argsOf(asked),
    text: canonical(asked),
    result: answer.hash,
    mayPass,
    full: answer.size >= FULL,
    isUnderWay: () =>
      leavesOf(result).some(
        ({ path, value }) => STATE.test(path) && typeof value === 'string' && UNDER_WAY.test(value),
      ),
  };
};
/** A call of a tool. Most tools are called too seldom to be in a loop: it is read when it is compared. */
interface Seen {
  step: number;
  modelStep: number;
  what: ToolCall | Compared;
  ok: boolean;
  write: boolean;
  /** Counts up at each user turn and each effective write, which make a repetition sensible. */
  epoch: number;
  /** Which tool call of the session this is. */
  order: number;
}
const read = (seen: Seen): Compared =>
  'full' in seen.what ? seen.what : (seen.what = comparedOf(seen.what));

const findingOf = (tool: string, group: Seen[], severity: Finding['severity'], message: string): Finding => {
  const first = group[1] ?? group[0];
  return {
    flag: 'LOOP_DETECTED',
    step: first?.step ?? 1,
    severity,
    rule: RULE,
    message: `${tool} ${message}`,
    citations: group
      .slice(0, TIMES)
      .map((g) => ({ step: g.step, place: 'tool.input', quote: clip(read(g).text) })),
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
  const write = isWrite(tools, step.tool.name);
  return {
    step: step.stepNumber,
    modelStep,
    what: step.tool,
    ok: step.tool.status === 'ok',
    write,
    epoch: epochs.user * WRITES + (write ? 0 : epochs.write),
    order: (epochs.calls += 1),
  };
};
const same = (a: Seen, b: Seen): boolean => {
  const [x, y] = [read(a), read(b)];
  return x.text === y.text && x.result === y.result;
};

const WRITES = 1e6;
const asksAgain = (a: Compared, b: Compared): boolean =>
  a.result === b.result && (isAlike(a.args, b.args) || differsInSettings(a.args, b.args, b.full));
/**
 * The calls just before the first of a group that asked the same, perhaps in another setting: what followed repeated them
 * already. Where other calls lie between those of the group it goes round in a circle, and the one before it counts too,
 * though a person spoke since.
 */
const withPrelude = (group: Seen[], earlier: Seen[]): Seen[] => {
  const [first, second] = group;
  if (!first || !second) return group;
  if (second.order - first.order > 1) {
    const before = earlier.findLast(
      (e) => e.order < first.order && same(e, first) && e.epoch % WRITES === first.epoch % WRITES,
    );
    return before ? [before, ...group] : group;
  }
  const out = [...group];
  for (let at = first; ;) {
    const before = earlier.findLast((e) => e.order === at.order - 1 && e.epoch === first.epoch);
    if (!before) return out;
    const [x, y] = [read(before), read(at)];
    if (!asksAgain(x, y) && !(at === first && isAlike(x.args, y.args))) return out;
    out.unshift(before);
    at = before;
  }
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
  if (earlier.length + 1 < TIMES) return out;
  const { args, result, mayPass, full, isUnderWay } = read(call);
  const near = [...earlier.filter((e) => isAlike(read(e).args, args)), call];
  if (near.length < TIMES && earlier.length < LOOSE_TIMES - 1) return out;
  if (toolSpec(context.tools, tool)?.poll !== true) {
    const stuck = near.filter((e) => e.epoch === call.epoch && read(e).result === result);
    const key = `${tool}/${call.epoch}/${result}`;
    const loose = call.ok
      ? earlier.filter(
          (e) =>
            e.epoch === call.epoch &&
            read(e).result === result &&
            differsInSettings(read(e).args, args, full),
        )
      : [];
    const moves =
      near.some((e) => e.epoch === call.epoch && e.ok && read(e).result !== result) || isUnderWay();
    const times = moves ? WAITED_TIMES : mayPass ? RETRIED_TIMES : TIMES;
    if (stuck.length >= times)
      put(
        key,
        findingOf(
          tool,
          withPrelude(stuck, earlier),
          stuck.length > times ? 'critical' : 'warning',
          `was called ${stuck.length} times with the same arguments and gave the same answer; nobody spoke and nothing was changed in between`,
        ),
      );
    else if (loose.length + 1 >= (moves ? WAITED_TIMES : LOOSE_TIMES))
      put(
        key,
        findingOf(
          tool,
          withPrelude([...loose, call], earlier),
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
