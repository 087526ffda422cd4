import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { SignOff } from '../domain/incident/state.ts';
import type { EffectLedger } from '../store/port.ts';
import { asked } from './blocks/sign-off/actions.ts';
import { SHOWN } from './blocks/sign-off/message.ts';
import { outside } from './blocks/text.ts';
import { slackErrorOf } from './errors.ts';
import type { SlackLog } from './log.ts';
import type { PlanFile, PlannedAction } from './plan-file.ts';

export interface ListDeps {
  client: WebClient;
  ledger: EffectLedger;
  log: SlackLog;
}

/** The thread that the file belongs into. `generation`: of the message that it is about. */
export interface ListPlace {
  channel: string;
  threadTs: string;
  generation: number;
}

const MOST_CALL = 20_000;
const call = (tool: string, args: unknown): string =>
  outside(`${tool}(${typeof args === 'string' ? args : (JSON.stringify(args) ?? '')})`, MOST_CALL);

const lines = (action: PlannedAction): string[] => [
  `${action.index + 1}. ${action.target === null ? '-' : outside(action.target, 500)}`,
  `   session ${outside(action.sessionId, 200)}, step ${action.step}, ${action.outcome}, ${new Date(action.atMs).toISOString()}`,
  `   did     ${call(action.tool, action.args)}`,
  ...(action.reversal ? [`   undo by ${call(action.reversal.tool, action.reversal.args)}`] : []),
];

/** The whole list of a request, verbatim, as text: hidden characters are spelt out. */
export function listText(incidentId: string, request: SignOff, plan: PlanFile): string {
  const actions = asked(plan, request.indices);
  return [
    `Incident ${incidentId}, sign-off ${request.requestId}: ${actions.length} actions of ${outside(plan.tool, 200)}`,
    `Plan sha256 ${request.seen}`,
    '',
    ...actions.flatMap(lines),
    '',
  ].join('\n');
}

const Shared = z.looseObject({ files: z.array(z.looseObject({ name: z.string().optional() })).optional() });

/** Whether the file stands below the message already: an upload whose answer was lost. */
async function isThere({ client }: ListDeps, at: ListPlace, filename: string): Promise<boolean> {
  const { messages = [] } = await client.conversations.replies({
    channel: at.channel,
    ts: at.threadTs,
    limit: 200,
  });
  return messages.some((message) =>
    (Shared.safeParse(message).data?.files ?? []).some(({ name }) => name === filename),
  );
}

/** Answers that no retry changes. The message and its modal show every action without the file too. */
const PERMANENT = ['missing_scope', 'not_allowed_token_type', 'file_upload_size_restricted'];

/** What is longer than the message shows stands below it as a file, once. Without the scope it is left out, and logged. */
export async function keepList(
  deps: ListDeps,
  at: ListPlace,
  incidentId: string,
  request: SignOff,
  plan: PlanFile,
): Promise<void> {
  if (asked(plan, request.indices).length <= SHOWN) return;
  const text = listText(incidentId, request, plan);
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const filename = `actions-${digest}.txt`;
  const key = `slack:${incidentId}:list:${request.requestId}:${at.generation}:${digest}`;
  const before = await deps.ledger.intend(key, 'slack_file', { channel: at.channel, filename });
  if (before?.state === 'done' || before?.state === 'not_done') return;
  if (before && (await isThere(deps, at, filename)))
    return await deps.ledger.settle(key, 'done', { filename });
  try {
    await deps.client.filesUploadV2({
      channel_id: at.channel,
      thread_ts: at.threadTs,
      filename,
      title: `All ${asked(plan, request.indices).length} actions`,
      content: text,
    });
  } catch (error) {
    if (!PERMANENT.includes(slackErrorOf(error) ?? '')) throw error;
    deps.log.warn('the list of actions could not be shared as a file', error);
    return await deps.ledger.settle(key, 'not_done', { error: slackErrorOf(error) });
  }
  await deps.ledger.settle(key, 'done', { filename });
}
