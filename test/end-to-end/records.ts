import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportAudit } from '../../src/audit/export.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { emptyIncident } from '../../src/domain/incident/empty.ts';
import { evolve } from '../../src/domain/incident/evolve.ts';
import { type Message, Workspace } from '../../src/embedded/slack/workspace/model.ts';
import { CHANNELS } from '../../src/embedded/slack/sample-workspace.ts';
import { MailStore } from '../../src/embedded/mail/store.ts';
import { startPostgres } from '../../src/embedded/postgres/server.ts';
import { signerFromFile } from '../../src/sign/keys.ts';
import { canonical } from '../../src/domain/canonical.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { ApplicationEvent } from '../../examples/loan-agent/services/applications.ts';
import { LetterSent } from '../../examples/loan-agent/services/letters.ts';

/** What the records say against an incident; nothing is what there should be. */
export async function complaintsAbout(
  store: Store,
  incidentId: string,
  publicKey: Uint8Array,
): Promise<string[]> {
  const text = await exportAudit(store, incidentId);
  if (text === null) return [`${incidentId} is not on record`];
  const { problems } = verifyAudit(text, { publicKeys: [publicKey] });
  const row = await store.incidents.get(incidentId);
  const fold = (await store.audit.events(incidentId)).reduce(evolve, emptyIncident);
  const isSame = row !== null && canonical(row.state) === canonical(fold);
  return isSame ? problems : [...problems, 'the projection is not the fold of the events'];
}

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);

/** The keys of the letters that were mailed: one a call of the tool. */
export const lettersIn = (loansDir: string): (string | null)[] =>
  linesOf(join(loansDir, 'letters.jsonl')).map((line) => LetterSent.parse(JSON.parse(line)).key);

/** Applications of a store's journal that were reversed, and those reversed again though nobody had changed them. */
export function reversalsIn(loansDir: string): { reversed: string[]; again: string[] } {
  const last: Record<string, boolean> = {};
  const found = { reversed: [] as string[], again: [] as string[] };
  for (const line of linesOf(join(loansDir, 'applications.jsonl'))) {
    const event = ApplicationEvent.parse(JSON.parse(line));
    if (event.type !== 'status_set') continue;
    const isReversal = event.reason === 'Reversed by Holdpoint';
    if (isReversal) found[last[event.applicationId] ? 'again' : 'reversed'].push(event.applicationId);
    last[event.applicationId] = isReversal;
  }
  return found;
}

/** Everything that the home of a sample must say after its incidents were closed. Nothing may run in it. */
export async function complaintsOf(home: string): Promise<string[]> {
  const database = await startPostgres({ dataDir: join(home, 'postgres') });
  const store = await createStore({ url: database.url });
  try {
    const rows = await store.incidents.list({ limit: 100 });
    const { publicKey } = signerFromFile(join(home, 'signing.key'));
    const complaints: string[] = [];
    for (const { incidentId, state } of rows) {
      const found = await complaintsAbout(store, incidentId, Buffer.from(publicKey, 'base64'));
      if (state.status !== 'closed') found.push(`is ${state.status}`);
      complaints.push(...found.map((one) => `${incidentId}: ${one}`));
    }
    return [...complaints, ...twice(home, rows.length)];
  } finally {
    await store.close();
    await database.stop();
  }
}

/** What happened more than once, or not at all. */
function twice(home: string, incidents: number): string[] {
  const { again } = reversalsIn(join(home, 'loans'));
  const complaints = again.map((id) => `${id} was reversed twice`);
  const ids = new MailStore(join(home, 'mail')).list().map(({ messageId }) => messageId);
  if (new Set(ids).size !== ids.length) complaints.push('a mail was sent twice');
  if (ids.length !== 2 * incidents) complaints.push(`${ids.length} mails for ${incidents} incidents`);
  const { messages } = Workspace.parse(JSON.parse(readFileSync(join(home, 'slack.json'), 'utf8')));
  const cards = cardsIn(messages);
  if (cards !== incidents) complaints.push(`${cards} cards for ${incidents} incidents`);
  return complaints;
}

/** How many incidents have a card in the channel. */
export const cardsIn = (messages: readonly Message[]): number =>
  messages
    .filter(({ channel, threadTs }) => channel === CHANNELS.incidents && threadTs === null)
    .filter(({ blocks }) => blocks[0]?.type === 'header').length;
