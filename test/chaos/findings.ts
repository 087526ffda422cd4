import { join } from 'node:path';
import { z } from 'zod';
import { HISTORY_KIND } from '../../src/activities/record.ts';
import { emptyIncident } from '../../src/domain/incident/empty.ts';
import type { IncidentEvent } from '../../src/domain/incident/event.ts';
import type { IncidentState } from '../../src/domain/incident/state.ts';
import { sizeOf } from '../../src/domain/incident/ranges.ts';
import type { Delivery } from '../../src/embedded/slack/journal.ts';
import { signerFromFile } from '../../src/sign/keys.ts';
import type { Store } from '../../src/store/port.ts';
import { cardsIn, complaintsAbout, reversalsIn } from '../end-to-end/records.ts';
import type { World } from './world.ts';

/** Promise 6 after an incident: nothing acknowledged is lost, nothing is done twice. Empty is what there should be. */
export async function findingsOf(
  world: World,
  store: Store,
  incidentId: string,
  acceptedAlerts: readonly string[],
): Promise<string[]> {
  const { publicKey } = signerFromFile(join(world.home, 'signing.key'));
  const events = await store.audit.events(incidentId);
  const state = (await store.incidents.get(incidentId))?.state ?? emptyIncident;
  const rows = await store.incidents.list({ limit: 1_000 });
  const everywhere = new Set(
    (await Promise.all(rows.map((row) => store.audit.events(row.incidentId)))).flat().flatMap(titleOf),
  );
  return [
    ...(await complaintsAbout(store, incidentId, Buffer.from(publicKey, 'base64'))),
    ...acceptedAlerts
      .filter((title) => !everywhere.has(title))
      .map((title) => `alert ${title} got a 2xx and is lost`),
    ...lostClicks(world, incidentId, events, state),
    ...waitingForNobody(state),
    ...reversalFindings(world, state),
    ...messageFindings(world, rows.length),
    ...mailFindings(world, state),
    ...(await pageFindings(world, store, incidentId, events)),
    ...(await archiveFindings(store, state)),
    ...stopFindings(world, state),
    ...world.slack.state.violations.map((one) => `Slack would not have allowed: ${one}`),
  ];
}

const titleOf = (event: IncidentEvent): string[] =>
  event.type === 'alertReceived' ? [event.data.alert.title] : [];

const Acted = z.looseObject({
  user: z.looseObject({ id: z.string() }),
  actions: z.array(z.looseObject({ action_id: z.string(), action_ts: z.string(), value: z.string() })).min(1),
});

/** Buttons that decide at once, and how the state shows that their wish stands. */
const deciding: Readonly<Record<string, (state: IncidentState) => boolean>> = {
  acknowledge: (state) => state.acknowledgedAt !== null,
  confirm_all: (state) => state.mode.confirmed !== null && state.cascade !== null,
  request_close: (state) => state.status === 'closed',
};

/** Clicks that were answered 200, of buttons that decide, without a trace on the record. */
function lostClicks(
  world: World,
  incidentId: string,
  events: readonly IncidentEvent[],
  state: IncidentState,
): string[] {
  const ids = events.map((event) => event.commandId);
  return world.slack.state.deliveries.flatMap((delivery: Delivery) => {
    if (delivery.kind !== 'block_actions' || delivery.status !== 200) return [];
    const { user, actions } = Acted.parse(delivery.payload);
    const { action_id: actionId, action_ts: ts, value } = actions[0]!;
    const name = actionId.replace(/^holdpoint\./, '').replace(/#.*$/, '');
    if (!value.includes(incidentId) || !deciding[name]) return [];
    const isRecorded = ids.some((id) => id.startsWith(`slack:${ts}:${user.id}:`));
    return isRecorded || deciding[name](state) ? [] : [`click ${name} at ${ts} got a 200 and is lost`];
  });
}

/** An incident is over, or somebody is named who has to act. */
function waitingForNobody(state: IncidentState): string[] {
  if (state.status === 'closed') return [];
  if (state.status === 'none') return ['the incident is not on record'];
  return state.ownerId === null && state.approvers?.ids?.length === 0
    ? ['open, and nobody is named who has to act']
    : [];
}

function reversalFindings(world: World, state: IncidentState): string[] {
  const { again } = reversalsIn(world.loans.dir);
  const twice = again.map((id) => `${id} was reversed twice`);
  const classes = Object.values(state.classes);
  const uncertain = classes.filter((item) => item.uncertain.length > 0);
  if (state.status === 'closed' && uncertain.length > 0)
    return [...twice, 'closed with an uncertain reversal'];
  const open = classes.filter(
    ({ superseded, spec, done, declined }) =>
      !superseded && spec.kind === 'reversible' && sizeOf(done) + sizeOf(declined) < spec.count,
  );
  return state.status === 'closed' && open.length > 0 ? [...twice, 'closed with a reversal not done'] : twice;
}

const Meta = z.looseObject({
  event_type: z.string(),
  event_payload: z.looseObject({ key: z.string(), generation: z.number().optional() }),
});

/** One card an incident; every other message of ours once. A postmortem may come again only when a person said so. */
function messageFindings(world: World, incidents: number): string[] {
  const { messages } = world.slack.state.workspace;
  const cards = cardsIn(messages);
  const seen = new Map<string, number>();
  for (const { metadata, channel } of messages) {
    const meta = Meta.safeParse(metadata).data;
    if (!meta) continue;
    // A conversation with one person cannot be searched: said again there after a crash, docs/reliability.md.
    if (channel.startsWith('D')) continue;
    const { key, generation } = meta.event_payload;
    const name = `${meta.event_type} ${key} ${generation ?? ''} in ${channel}`;
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  return [
    ...(cards === incidents ? [] : [`${cards} cards for ${incidents} incidents`]),
    ...[...seen].flatMap(([name, count]) => (count > 1 ? [`${count} × ${name}`] : [])),
  ];
}

function mailFindings(world: World, state: IncidentState): string[] {
  const ids = world.mail.mails().map(({ messageId }) => messageId);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `mail ${id} was sent twice`);
  const receipts = Object.entries(state.distribution?.receipts ?? {});
  const missing = receipts.filter(
    ([, { kind, status, messageId }]) =>
      kind === 'mail' && status === 'sent' && messageId !== null && !ids.includes(messageId),
  );
  return [...twice, ...missing.map(([id]) => `the receipt of ${id} says sent, and no mail is there`)];
}

/** Who is on record as woken was woken, and a page that was called again is the same one to the pager. */
async function pageFindings(
  { pager: { taken } }: World,
  store: Store,
  incidentId: string,
  events: readonly IncidentEvent[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { seq } of events) {
    const key = `${incidentId}:${seq}`;
    const calls = taken.filter((page) => page.key === key);
    const kept = await store.ledger.get(`page:${key}`);
    if (kept?.state === 'done' && calls.length === 0)
      found.push(`the record says ${key} was paged, and it was not`);
    if (kept && kept.state !== 'done') found.push(`the page ${key} was intended and never settled`);
    if (!kept && calls.length > 0) found.push(`${key} was paged, and is not on record`);
    if (new Set(calls.map(({ to }) => to)).size > 1) found.push(`${key} paged two people under one key`);
  }
  return found;
}

/** What is on record as stopped was told to stop, and a repeat was the same order under the same key. */
function stopFindings({ control }: World, { incidentId, targets }: IncidentState): string[] {
  if (!control) return [];
  const orders = control.taken.filter((order) => order.incidentId === incidentId);
  const stopped = Object.values(targets).filter(({ status }) => status === 'confirmed');
  const kept = new Map<string, string>();
  const differing = orders.filter((order) => {
    const text = JSON.stringify(order);
    const first = kept.get(order.key) ?? text;
    kept.set(order.key, first);
    return first !== text;
  });
  return [
    ...(stopped.length > 0 && !orders.some(({ action }) => action !== 'release')
      ? ['on record as stopped, and its control endpoint was never told']
      : []),
    ...differing.map(({ key }) => `the order ${key} came again as another one`),
  ];
}

/** An incident that is over has its history in the archive. */
async function archiveFindings(store: Store, { status, incidentId }: IncidentState): Promise<string[]> {
  if (status !== 'closed') return [];
  const archived = await store.documents.list(HISTORY_KIND, `${incidentId}/`);
  return archived.length > 0 ? [] : ['the history is not archived'];
}

/** What was uncertain and shown to a person on the way: counted, not complained about. */
export function uncertainOnTheWay(events: readonly IncidentEvent[]): number {
  return events.filter(
    (event) =>
      event.type === 'uncertainSettled' ||
      (event.type === 'receiptReported' && event.data.status === 'uncertain'),
  ).length;
}
