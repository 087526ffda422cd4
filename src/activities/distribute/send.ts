import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { Mailer, MailOutcome } from '../../adapters/mail/smtp.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import { fold } from '../../domain/incident/evolve.ts';
import type { Store } from '../../store/port.ts';
import { cut, oneLine } from '../../templates/text.ts';
import type { DistributeActivities } from '../types.ts';
import type { Documents } from './documents.ts';
import { notRecordedYet } from './source.ts';

export type PostmortemMailer = Pick<Mailer, 'send'>;

/** Posts to a channel. `id` is the message's own; the outcome says what a mailer's does. Never throws for Slack's doing. */
export type ChannelPost = (post: {
  channel: string;
  text: string;
  key: string;
}) => Promise<{ status: MailOutcome['status']; words: string; id: string | null }>;

interface SenderDeps {
  store: Pick<Store, 'audit' | 'ledger' | 'directory'>;
  mailer: PostmortemMailer;
  slackPost: ChannelPost;
  messageIdDomain: string;
}

type Order = Parameters<DistributeActivities['sendPostmortem']>[0];
type Receipt = Awaited<ReturnType<DistributeActivities['sendPostmortem']>>;

const ReceiptResult = z.object({
  status: z.enum(['sent', 'refused', 'uncertain', 'not_sent']),
  messageId: z.string().nullable(),
  note: z.string().nullable(),
});
type ReceiptResult = z.infer<typeof ReceiptResult>;

const LOST = 'An earlier try was interrupted before its answer was recorded; it may have been delivered.';

/** The same mail has the same id for ever, so that a receiving server can tell a repeat. */
export function messageIdOf({ incidentId, version, recipientId }: Order, domain: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([incidentId, version, recipientId]))
    .digest('hex');
  return `<${digest.slice(0, 40)}@${domain}>`;
}

/** How often a person ordered this version to be sent to this recipient again: each order is one new effect. */
function ordersToSendAgain(events: IncidentEvent[], { version, recipientId }: Order): number {
  const planned = events.findLastIndex(
    (event) => event.type === 'distributionPlanned' && event.data.version === version,
  );
  return events
    .slice(planned + 1)
    .filter(
      (event) =>
        event.type === 'receiptSettled' &&
        event.data.recipientId === recipientId &&
        event.data.outcome === 'send_again',
    ).length;
}

const notSent = (words: string): ApplicationFailure =>
  ApplicationFailure.create({
    type: 'NotSent',
    message: `not sent, and safe to try again: ${words}`,
    nonRetryable: false,
  });

function subjectOf({
  severity,
  title,
  late,
}: {
  severity: string;
  title: string;
  late: string | null;
}): string {
  return cut(oneLine(`${late ? 'Late: ' : ''}Postmortem ${severity}: ${title}`), 180);
}

interface Delivery {
  kind: 'mail' | 'channel';
  /** The one outside effect. */
  run(): Promise<ReceiptResult>;
}

/** Reads everything that a send needs, so that nothing but the send itself can fail after its intent is written. */
async function prepare(
  deps: SenderDeps,
  documents: Documents,
  order: Order,
  events: IncidentEvent[],
  key: string,
): Promise<Delivery> {
  const plan = fold(events).distribution;
  const receipt =
    plan && Object.hasOwn(plan.receipts, order.recipientId) ? plan.receipts[order.recipientId] : undefined;
  if (!receipt || plan?.version !== order.version)
    throw notRecordedYet(`the distribution of version ${order.version} to ${order.recipientId}`);
  const { kind } = receipt;
  const address = (await deps.store.directory.get(order.recipientId))?.address;
  const unknown = 'The address of this recipient was erased or is unknown.';
  if (!address) return { kind, run: async () => ({ status: 'refused', messageId: null, note: unknown }) };
  const { manifest, forms } = await documents.load(plan.documentUri, plan.documentSha256);
  const seal = `Document sha256 ${plan.documentSha256}\nAudit chain head at event ${manifest.audit.seq}: ${manifest.audit.head}`;
  const subject = subjectOf(manifest);
  if (kind === 'channel') {
    const text = [subject, manifest.late, manifest.summary, manifest.link, seal].filter(Boolean).join('\n');
    const run = async (): Promise<ReceiptResult> => {
      const { status, words, id } = await deps.slackPost({ channel: address, text, key });
      return { status, messageId: id, note: status === 'sent' ? null : words };
    };
    return { kind, run };
  }
  const messageId = messageIdOf(order, deps.messageIdDomain);
  const attachment = {
    fileName: `postmortem-v${order.version}.md`,
    contentType: 'text/markdown; charset=utf-8',
    content: forms.md,
  };
  const mail = {
    to: address,
    subject,
    messageId,
    text: `${forms.txt}${seal}\n`,
    html: forms.html,
    attachments: [attachment],
  };
  const run = async (): Promise<ReceiptResult> => {
    const { status, words } = await deps.mailer.send(mail);
    return { status, messageId, note: status === 'sent' ? null : words };
  };
  return { kind, run };
}

const ledgerState = {
  sent: 'done',
  uncertain: 'uncertain',
  refused: 'not_done',
  not_sent: 'not_done',
} as const;

/** One send a call, with the ledger around it. Promise 6: done, not done or uncertain, never a second mail. */
export function createSender(deps: SenderDeps, documents: Documents): DistributeActivities['sendPostmortem'] {
  const { ledger, audit } = deps.store;

  async function lost(key: string): Promise<Receipt> {
    const receipt: Receipt = { status: 'uncertain', messageId: null, note: LOST };
    await ledger.settle(key, 'uncertain', receipt);
    return receipt;
  }

  /** What the ledger knows already; null: nothing was done, so this may be tried. */
  async function known(key: string): Promise<Receipt | null> {
    const row = await ledger.get(key);
    if (!row) return null;
    if (row.state === 'intended') return lost(key);
    const { status, ...rest } = ReceiptResult.parse(row.result);
    return status === 'not_sent' ? null : { status, ...rest };
  }

  return async (order): Promise<Receipt> => {
    const { incidentId, version, recipientId } = order;
    const events = await audit.events(incidentId);
    const key = `postmortem:${incidentId}:v${version}:${recipientId}:${ordersToSendAgain(events, order)}`;
    const before = await known(key);
    if (before) return before;
    const delivery = await prepare(deps, documents, order, events, key);
    const row = await ledger.intend(key, `postmortem-${delivery.kind}`, { incidentId, version, recipientId });
    // Somebody else is sending at this very moment, or was interrupted: either way it may arrive.
    if (row && row.state !== 'not_done') return (await known(key)) ?? lost(key);
    const result = await delivery.run();
    const { status } = result;
    await ledger.settle(key, ledgerState[status], result);
    if (status === 'not_sent') throw notSent(result.note ?? '');
    return { ...result, status };
  };
}
