import type { App } from '@slack/bolt';
import { listedLine } from '../blocks/home.ts';
import { openItemsText } from '../blocks/modals/checklist.ts';
import { code } from '../blocks/text.ts';
import { endingWords, plural } from '../../domain/incident/words.ts';
import { listOpen, withCards } from '../homes.ts';
import { CommandBody } from './bodies.ts';
import { openModal } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { reportForm } from './report.ts';

export const COMMAND = '/incident';

const HELP = [
  `\`${COMMAND} list\`: the open incidents`,
  `\`${COMMAND} status ID\`: what an incident waits for, and which items are open`,
  `\`${COMMAND} open\`, \`${COMMAND} report\`: report an agent that does harm; it is stopped at once`,
  `\`${COMMAND} help\`: this`,
].join('\n');

const MOST_LISTED = 10;

async function list(deps: ListenerDeps): Promise<string> {
  const open = await listOpen(deps, 50);
  if (open.length === 0) return 'No incident is open.';
  const lines = open.slice(0, MOST_LISTED).map((listed) => listedLine(listed, deps.now()));
  const rest = open.length - MOST_LISTED;
  return [...lines, ...(rest > 0 ? [`and ${plural(rest, 'more incident')}`] : [])].join('\n');
}

async function status(deps: ListenerDeps, id: string): Promise<string> {
  const row = id ? await deps.store.incidents.get(id) : null;
  if (!row) return `There is no incident ${code(id, 200)}. ${COMMAND} list names the open ones.`;
  const { status: ended } = row.state;
  if (ended !== 'open' && ended !== 'none') return `It has ended: ${endingWords[ended]}.`;
  const [listed] = await withCards(deps, [row]);
  return `${listed ? `${listedLine(listed, deps.now())}\n` : ''}${openItemsText(row.state)}`;
}

/** `open` alone, or with words, opens an incident; with the id of one it shows that. */
const isIncident = async (deps: ListenerDeps, id: string | undefined): Promise<boolean> =>
  id !== undefined && (await deps.store.incidents.get(id)) !== null;

/** `/incident`: what is open, how one stands, and reporting. */
export const register = (app: App, deps: ListenerDeps): void =>
  app.command(COMMAND, async ({ ack, body: raw }) => {
    const body = CommandBody.parse(raw);
    const [verb = 'list', ...rest] = body.text.trim().split(/\s+/).filter(Boolean);
    const clicker = { userId: body.user_id, teamId: body.team_id, proof: `command ${body.trigger_id}` };
    if (verb === 'report' || (verb === 'open' && !(await isIncident(deps, rest[0])))) {
      await openModal(
        deps,
        { trigger_id: body.trigger_id, user: { id: body.user_id } },
        'Report an agent',
        () => reportForm(deps, clicker, { channel: body.channel_id, what: rest.join(' '), messageUrl: null }),
      );
      return await ack();
    }
    const who = await deps.identity.of(clicker);
    const text = !who.ok
      ? `*Not done.* ${who.sentence} ${who.next}`
      : verb === 'list'
        ? await list(deps)
        : verb === 'status' || verb === 'open'
          ? await status(deps, rest[0] ?? '')
          : HELP;
    await ack({ response_type: 'ephemeral', text });
  });
