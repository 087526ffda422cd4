import { isCancellation, rootCause } from '@temporalio/workflow';
import { nextDueAt } from '../domain/incident/due.ts';
import type { Desk } from './desk.ts';
import { notifying } from './proxies.ts';

/** Pages, reminders, breaches, and answers to late clicks; each after its event is on record. */
export async function notices(desk: Desk): Promise<void> {
  for (;;) {
    await desk.until(() => isNoticeReady(desk) || isRefusalReady(desk));
    await tell(desk);
  }
}

const isNoticeReady = ({ carried, telling }: Desk): boolean =>
  carried.notices.some((seq) => seq <= carried.flushedSeq && !telling.has(seq));

/** Events are numbered from 1: this stands for the refusals of late clicks, told one after another. */
const REFUSALS = 0;
const isRefusalReady = ({ carried, telling }: Desk): boolean =>
  carried.refusals.length > 0 && !telling.has(REFUSALS);

async function tellOne(desk: Desk, seq: number): Promise<void> {
  const { carried, state } = desk;
  const { incidentId } = state;
  await notifying.sendNotice({ incidentId, seq }).catch((error: unknown) => {
    const what = carried.noticeTypes?.[seq] ?? 'an event';
    if (desk.isOfThirdRelease && !desk.hasEnded && !isCancellation(error))
      desk.apply({ type: 'reportNoticeLost', about: seq, what, because: whyOf(error) });
  });
  wasTold(desk, seq);
}

/** Takes an event from those that people are still to be told of. */
export function wasTold({ carried }: Desk, seq: number): void {
  carried.notices = carried.notices.filter((other) => other !== seq);
  if (!carried.noticeTypes) return;
  const { [seq]: _told, ...others } = carried.noticeTypes;
  carried.noticeTypes = others;
}

const MOST_WHY = 300;
const whyOf = (error: unknown): string =>
  (rootCause(error) ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, MOST_WHY) || 'no answer';

async function tellRefusals(desk: Desk): Promise<void> {
  const { carried } = desk;
  const { incidentId } = desk.state;
  for (let late = carried.refusals[0]; late; late = carried.refusals[0]) {
    const order = { incidentId, late };
    await desk.working(() => notifying.sendRefusal(order)).catch(() => undefined);
    carried.refusals = carried.refusals.slice(1);
  }
}

/** Each by itself: while Slack is down and one is tried again and again, the pages of the next ones go out. */
function startTelling(desk: Desk): void {
  const { carried, telling } = desk;
  const start = (key: number, work: Promise<void>): void =>
    void telling.set(
      key,
      work.finally(() => void telling.delete(key)),
    );
  const ready = carried.notices.filter((seq) => seq <= carried.flushedSeq && !telling.has(seq));
  for (const seq of ready)
    start(
      seq,
      desk.working(() => tellOne(desk, seq)),
    );
  if (isRefusalReady(desk)) start(REFUSALS, tellRefusals(desk));
}

export async function tell(desk: Desk): Promise<void> {
  const { carried, telling } = desk;
  if (desk.tellsEverything) {
    startTelling(desk);
    if (desk.hasEnded) await Promise.all(telling.values());
    // What rode with the last record and was refused is told by itself.
    if (desk.hasEnded && desk.isOfThirdRelease && carried.notices.length > 0) await tell(desk);
    return;
  }
  for (let seq = carried.notices[0]; seq !== undefined && isNoticeReady(desk); seq = carried.notices[0]) {
    const next = seq;
    await desk.working(() => tellOne(desk, next));
  }
  await tellRefusals(desk);
}

/** Always sleeps to the next due time: reminder, escalation, expiry, 48 hours. One timer at a time. */
export async function clock(desk: Desk): Promise<void> {
  for (;;) {
    await desk.until(() => nextDueAt(desk.state) !== null);
    const due = nextDueAt(desk.state) ?? 0;
    const earlier = (): boolean => (nextDueAt(desk.state) ?? Infinity) < due;
    if (due > Date.now()) await desk.until(earlier, due - Date.now(), 'until the next thing is due');
    if ((nextDueAt(desk.state) ?? Infinity) <= Date.now()) desk.apply({ type: 'tick' });
  }
}
