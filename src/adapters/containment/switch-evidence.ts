import type { ContainmentOrder, ContainmentResult } from './port.ts';
import { isOver, type SwitchAck, type Verdict } from './switch-store.ts';

type Action = ContainmentOrder['action'];

export const VERDICT: Record<Action, Verdict> = { pause: 'hold', kill: 'stop' };

/** States that answer for an order: a kill is not answered by a pause. */
const OBEYED: Record<Action, ReadonlySet<SwitchAck['state']>> = {
  pause: new Set(['paused', 'stopped', 'ended']),
  kill: new Set(['stopped', 'ended']),
};

/** Said of this change or a later one; what is final stays true whenever it was said. */
const obeys = (action: Action, ack: SwitchAck, seq: number): boolean =>
  OBEYED[action].has(ack.state) && (ack.seq >= seq || isOver(ack));

const says = (ack: SwitchAck): string => {
  const pid = ack.pid === null ? '' : ` (process ${ack.pid})`;
  return `session ${ack.sessionId}${pid} reported ${ack.state} at ${new Date(ack.atMs).toISOString()}`;
};

/** What the acknowledgements say of one session. */
export const judgeSession = (
  order: ContainmentOrder,
  ack: SwitchAck | undefined,
  seq: number,
  atMs: number,
): ContainmentResult => {
  const told = `the switch set to ${VERDICT[order.action]} (seq ${seq})`;
  if (ack === undefined) {
    const evidence = `Session ${String(order.sessionId)} never reported to the stop switch; ${told}.`;
    return { status: 'unconfirmed', atMs, evidence };
  }
  if (ack.state === 'ended' && ack.seq < seq) {
    return { status: 'already_ended', atMs, evidence: `Already over: ${says(ack)}, before ${told}.` };
  }
  return obeys(order.action, ack, seq)
    ? { status: 'confirmed', atMs, evidence: `The agent confirmed: ${says(ack)}; ${told}.` }
    : {
        status: 'unconfirmed',
        atMs,
        evidence: `No answer to ${told}; last, ${says(ack)} at seq ${ack.seq}.`,
      };
};

/** The agent's other sessions: an order for one session holds them too, and a person wants to know that they obey. */
export const othersOf = (
  order: ContainmentOrder,
  acks: readonly SwitchAck[],
  seq: number,
): { quiet: boolean; evidence: string } => {
  const others = acks.filter((ack) => ack.sessionId !== order.sessionId && !isOver(ack));
  const loud = others.filter((ack) => !obeys('pause', ack, seq));
  const [first] = loud;
  if (others.length === 0) return { quiet: true, evidence: `New sessions of ${order.agent} are held.` };
  if (first === undefined) {
    return {
      quiet: true,
      evidence: `New sessions of ${order.agent} are held, and ${others.length} other running paused.`,
    };
  }
  const evidence = `New sessions of ${order.agent} are held, but ${loud.length} other running did not answer yet: ${says(first)}.`;
  return { quiet: false, evidence };
};

/** What the acknowledgements say of every session of the agent together. */
export const judgeAgent = (
  order: ContainmentOrder,
  acks: readonly SwitchAck[],
  seq: number,
  atMs: number,
): ContainmentResult => {
  const results = acks.map((ack) => ({ ack, status: judgeSession(order, ack, seq, atMs).status }));
  const open = results.filter(({ status }) => status === 'unconfirmed');
  const obeyed = results.filter(({ status }) => status === 'confirmed');
  const some = (list: typeof results): string =>
    list
      .slice(0, 3)
      .map(({ ack }) => says(ack))
      .join('; ');
  if (acks.length === 0) {
    return {
      status: 'unconfirmed',
      atMs,
      evidence: `No session of ${order.agent} ever reported to the stop switch.`,
    };
  }
  if (open.length > 0) {
    const running = acks.filter((ack) => !isOver(ack)).length;
    const evidence = `${open.length} of ${running} running sessions of ${order.agent} did not answer: ${some(open)}.`;
    return { status: 'unconfirmed', atMs, evidence };
  }
  return obeyed.length > 0
    ? { status: 'confirmed', atMs, evidence: `No session of ${order.agent} runs any more: ${some(obeyed)}.` }
    : {
        status: 'already_ended',
        atMs,
        evidence: `All ${acks.length} sessions of ${order.agent} had ended: ${some(results)}.`,
      };
};
