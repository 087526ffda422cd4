import { condition, patched, sleep } from '@temporalio/workflow';
import { fitting, isOneBatch, MOST_EVENTS } from './batch.ts';
import type { Desk } from './desk.ts';
import { wasTold } from './loops.ts';
import { notifying, recording, showing } from './proxies.ts';

/** What the recorder and the card know of each other. In memory: a run begins with nothing under way. */
export class Showing {
  /** The last event of a batch that is recorded and shown in one activity; 0 when none is under way. */
  ridingSeq = 0;
  /** A refresh of the card by itself is under way: each message has one writer. */
  isRefreshing = false;

  /** Never a question of the time: a replay may give two workflow tasks the clock of the later one. */
  get isFree(): boolean {
    return this.ridingSeq === 0 && !this.isRefreshing;
  }
}

/** Flushes events to the audit log; every other effect but containment waits for it. */
export async function recorder(desk: Desk, showing: Showing): Promise<void> {
  const { carried } = desk;
  const lastSeq = (): number => carried.unflushed.at(-1)?.seq ?? 0;
  const isAwaited = (): boolean => desk.waitingForRecord > 0;
  for (;;) {
    await desk.until(() => lastSeq() > showing.ridingSeq || (lastSeq() > 0 && isAwaited()));
    if (desk.isOfFourthRelease) await untilAllHaveLooked();
    else if (desk.isOfThirdRelease) await endOfTurn();
    const isOver = (): boolean => desk.isStopping || showing.ridingSeq === 0 || isAwaited();
    if (!isOver())
      await (desk.isOfFourthRelease
        ? condition(isOver)
        : condition(isOver, PATIENCE_MS, { summary: 'until the card is shown' }));
    if (desk.isOfThirdRelease && desk.isStopping) continue;
    if (!isAwaited() && mayRide(desk, showing)) void ride(desk, showing);
    else await flush(desk);
  }
}

/**
 * What nobody waits for waits for a card under way, and is recorded with all that comes meanwhile: as long as Slack takes
 * to answer or to time out. Runs that began before waited so long at most; their effects did not carry their record.
 */
const PATIENCE_MS = 5_000;

/**
 * Lets all that this activation woke, and all that was woken by it, go on to its next wait, so that what they decide is
 * in the same batch. Conditions are looked at again and again until none of them holds, after all promises each time.
 */
async function untilAllHaveLooked(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) {
    let looks = 0;
    await condition(() => (looks += 1) > 1);
  }
}

/** As runs did that began before. More than any chain of promises that one activation starts. */
const TURNS = 60;
/** Lets all that this activation woke go on to its next wait, so that what it decides is in the same batch. */
async function endOfTurn(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
}

const mayRide = ({ carried, isOfThirdRelease }: Desk, show: Showing): boolean =>
  isOfThirdRelease && show.isFree && isOneBatch(carried.unflushed);

/** One batch. */
async function flush(desk: Desk): Promise<void> {
  const { carried, state } = desk;
  const most = carried.unflushed.slice(0, MOST_EVENTS);
  const fit = fitting(most);
  const isCut = fit < most.length && (desk.isOfThirdRelease || patched('batches by size'));
  const events = isCut ? most.slice(0, fit) : most;
  const last = events.at(-1);
  if (!last) return;
  await desk.working(() => recording.appendEvents({ incidentId: state.incidentId, events }));
  desk.tookTo(last.seq);
}

/**
 * While nothing waits for the record, what Slack is to show and say of it goes with it, in one activity. When somebody
 * comes to wait, or more happens, the recorder does not wait for Slack: it appends what rides once more, which changes
 * nothing. What Slack refused is shown and told by itself, and tried again and again.
 */
async function ride(desk: Desk, show: Showing): Promise<void> {
  const { carried, state, telling } = desk;
  const events = [...carried.unflushed];
  const seq = events.at(-1)?.seq ?? 0;
  const notices = carried.notices.filter((notice) => notice <= seq && !telling.has(notice));
  show.ridingSeq = seq;
  const { cardQuietMs: quietMs } = desk.start.settings;
  const order = { incidentId: state.incidentId, events, notices, quietMs };
  const riding = desk.working(() => showing.appendAndShow(order));
  for (const notice of notices) telling.set(notice, riding.then(noResult, noResult));
  const { isShown, told } = await riding;
  desk.tookTo(seq);
  if (isShown) carried.cardSeq = Math.max(carried.cardSeq, seq);
  for (const notice of told) wasTold(desk, notice);
  for (const notice of notices) telling.delete(notice);
  show.ridingSeq = 0;
}

const noResult = (): void => undefined;

/**
 * Refreshes the card, coalesced: at once after quiet, then at most once a quiet time, which the activity keeps. Never in
 * the recorder's way.
 */
export async function card(desk: Desk, show: Showing): Promise<void> {
  const isBehind = (): boolean => desk.carried.flushedSeq > desk.carried.cardSeq && show.ridingSeq === 0;
  for (;;) {
    await desk.until(isBehind);
    await refresh(desk, show, desk.start.settings.cardQuietMs);
    if (!desk.isOfThirdRelease) await sleep(desk.start.settings.cardQuietMs);
  }
}

/** A refresh that fails is given up for now; the next event brings the next one. */
async function refresh(desk: Desk, show: Showing, quietMs: number): Promise<void> {
  const seq = desk.carried.flushedSeq;
  const order = { incidentId: desk.state.incidentId, seq };
  show.isRefreshing = true;
  // Null: the activities of earlier releases said nothing of it.
  const shown: { shownSeq: number } | null = await desk
    .working(() => notifying.refreshCard(desk.isOfThirdRelease ? { ...order, quietMs } : order))
    .catch(() => null);
  desk.carried.cardSeq = Math.max(desk.carried.cardSeq, shown?.shownSeq ?? seq);
  show.isRefreshing = false;
}

/** After the end: the last events on record, with the last words of the card where it is free. */
export async function flushLast(desk: Desk, show: Showing): Promise<void> {
  while (desk.carried.unflushed.length > 0)
    if (!desk.carried.releasePending && mayRide(desk, show)) await ride(desk, show);
    else await flush(desk);
}

/** The last words of the card, after what rides: each message has one writer. */
export async function refreshLast(desk: Desk, show: Showing): Promise<void> {
  if (!desk.isOfThirdRelease) return refresh(desk, show, 0);
  await condition(() => show.ridingSeq === 0 && !show.isRefreshing);
  if (desk.carried.cardSeq < desk.carried.flushedSeq) await refresh(desk, show, 0);
}
