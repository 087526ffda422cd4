import type { App } from '@slack/bolt';
import type { Alert } from '../../domain/incident/vocabulary.ts';
import { refusal } from '../../domain/incident/refusal.ts';
import type { Person } from '../../domain/incident/actor.ts';
import { reportModal } from '../blocks/modals/running.ts';
import { choiceIn, textIn, type Values } from '../blocks/modals/values.ts';
import { code, cut, safe } from '../blocks/text.ts';
import { sha256Of } from '../prose.ts';
import type { Place } from '../form-ids.ts';
import { ShortcutBody } from './bodies.ts';
import { openModal, type Opened } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { onSubmit, wrongInput } from './submits.ts';
import { rejected } from './send.ts';

/** Callback id of the message shortcut and of the global one; the manifest names them. */
export const REPORT_SHORTCUT = 'holdpoint_report';

const isResponder = ({ roles }: Person): boolean => roles.includes('responder') || roles.includes('approver');

/** A report stops an agent that is in production, so it takes a responder. */
export async function reportForm(
  deps: ListenerDeps,
  clicker: { userId: string; teamId: string | null; proof: string },
  about: { channel: string | null; what: string; messageUrl: string | null },
): Promise<Opened> {
  const who = await deps.identity.of(clicker);
  if (!who.ok) return rejected('identity', who.sentence, who.next);
  if (!isResponder(who.actor)) return { ok: false, ...refusal('not-a-responder') };
  const place: Place = { incidentId: '', channel: about.channel, below: null };
  return reportModal(deps.agents, cut(about.what.trim(), 300), { ...place, messageUrl: about.messageUrl });
}

function shortcut(app: App, deps: ListenerDeps): void {
  app.shortcut(REPORT_SHORTCUT, async ({ ack, body: raw }) => {
    const body = ShortcutBody.parse(raw);
    const channel = body.channel?.id ?? null;
    await openModal(deps, { trigger_id: body.trigger_id, user: body.user }, 'Report an agent', async () => {
      const clicker = {
        userId: body.user.id,
        teamId: body.user.team_id ?? body.team?.id ?? null,
        proof: `shortcut ${body.action_ts}`,
      };
      const link =
        channel && body.message_ts
          ? await deps.client.chat.getPermalink({ channel, message_ts: body.message_ts }).catch(() => null)
          : null;
      return await reportForm(deps, clicker, {
        channel,
        what: body.message?.text ?? '',
        messageUrl: link?.permalink ?? null,
      });
    });
    await ack();
  });
}

function alertOf(values: Values, key: string, messageUrl: string | null, nowMs: number): Alert | null {
  const what = textIn(values, 'what');
  if (!what) return null;
  return {
    alertId: `slack:${sha256Of(key).slice(0, 24)}`,
    source: 'slack',
    title: what,
    sessionId: textIn(values, 'session'),
    firedAtMs: nowMs,
    kind: 'report',
    severity: 'sev3',
    wrongValue: textIn(values, 'wrong'),
    entityId: null,
    url: messageUrl,
  };
}

/** "Report an agent failure": a person is a detector too. */
export function register(app: App, deps: ListenerDeps): void {
  shortcut(app, deps);
  onSubmit(app, deps, 'report', async ({ meta, values, actor, key }) => {
    if (!isResponder(actor))
      return { kind: 'refused', outcome: { ok: false, ...refusal('not-a-responder') } };
    const agent =
      deps.agents.length > 0 ? deps.agents[Number(choiceIn(values, 'agent') ?? -1)] : textIn(values, 'agent');
    const alert = alertOf(values, key, meta.messageUrl, deps.now());
    if (!agent) return wrongInput('No agent is named.', 'Choose one.', 'agent');
    if (!alert) return wrongInput('What went wrong?', 'Say it in a sentence.', 'what');
    try {
      const answer = await deps.incidents.alert({ agent, dedupKey: null, alert, by: actor });
      const id = code(answer.incidentId, 200);
      const say =
        answer.opened === false
          ? `Your report joined the open incident ${id} (by ${safe(answer.dedupRule, 60)}).`
          : `${safe(agent, 60)} is being stopped. ${answer.opened ? `Incident ${id} has opened` : `Your report is with incident ${id}`}; its card follows.`;
      return { kind: 'done', outcome: { ok: true, pending: false, events: 0 }, say };
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'UnknownAgent') throw error;
      return wrongInput('No agent of this name is configured.', 'Add it to holdpoint.yaml.', 'agent');
    }
  });
}
