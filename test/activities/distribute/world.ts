import { readFileSync, rmSync, mkdtempSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDistributeActivities,
  type ChannelPost,
  type DistributeDeps,
  type Recipient,
} from '../../../src/activities/distribute.ts';
import { recipientId } from '../../../src/activities/distribute/recipients.ts';
import { createSmtpMailer, type Mailer } from '../../../src/adapters/mail/smtp.ts';
import { placeOf } from '../../../src/adapters/evidence/address.ts';
import { createFilesystemEvidence } from '../../../src/adapters/evidence/filesystem.ts';
import type { EvidenceStore } from '../../../src/adapters/evidence/port.ts';
import { canonical } from '../../../src/domain/canonical.ts';
import type { MailCatcher } from '../../../src/embedded/mail/catcher.ts';
import { createStore } from '../../../src/store/create.ts';
import type { Store } from '../../../src/store/port.ts';
import { ana, engine, story, type Story } from '../../domain/incident/story.ts';
import { freshDatabase } from '../../support/postgres.ts';
import { testMailServer } from '../../support/smtp.ts';
import { analysis, plans, session } from '../../templates/sample.ts';

export const mailRecipient: Recipient = {
  kind: 'mail',
  team: 'platform',
  name: 'Platform',
  address: 'platform@example.org',
};
export const channelRecipient: Recipient = {
  kind: 'channel',
  team: 'on_call',
  name: '#on-call',
  address: 'C0ONCALL',
};
export const mailId = recipientId(mailRecipient);
export const channelId = recipientId(channelRecipient);

export interface Scene {
  life: Story;
  incidentId: string;
  deps: DistributeDeps;
  posts: Parameters<ChannelPost>[0][];
  activities: ReturnType<typeof createDistributeActivities>;
  /** Writes what has happened since the last time to the audit log. */
  record(): Promise<void>;
}

/** A database, a mail server and an evidence folder, all real, and incidents that live on them. */
export interface World {
  store: Store;
  server: MailCatcher;
  evidence: EvidenceStore;
  mailer(url?: string): Mailer;
  /** Replaces a sealed file behind the store's back; returns what puts it back. */
  tamper(uri: string, text: string | null): () => void;
  /** An incident with its final postmortem on record, and everything sealed where it says. */
  scene(over?: Partial<DistributeDeps>): Promise<Scene>;
  /** The same, its distribution planned and on record. */
  planned(over?: Partial<DistributeDeps>): Promise<Scene>;
  stop(): Promise<void>;
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
export const read = async (evidence: EvidenceStore, uri: string): Promise<string> =>
  new TextDecoder().decode(await evidence.get(uri));

export async function openWorld(): Promise<World> {
  const [database, server] = await Promise.all([freshDatabase(), testMailServer()]);
  const store = await createStore({ url: database.url });
  const dir = mkdtempSync(join(tmpdir(), 'holdpoint-evidence-'));
  const evidence = createFilesystemEvidence({ dir });
  const from = { name: 'Holdpoint', address: 'holdpoint@example.org' };
  const mailer = (url = server.smtpUrl): Mailer => createSmtpMailer({ url, from, timeoutMs: 2_000 });
  let count = 0;

  async function sealPlan(incidentId: string, classId: string, tool: string) {
    const rest = { tool, args: {}, reversal: null };
    const actions = (plans[classId] ?? []).map((action, index) => ({ ...action, index, ...rest }));
    const plan = { incidentId, classId, tool, kind: 'reversible', strategy: 'x', actions };
    const { sha256, uri } = await evidence.put(text(canonical(plan)));
    return { planSha256: sha256, planUri: uri };
  }

  async function finalLife(incidentId: string): Promise<Story> {
    const sealed = await evidence.put(text(JSON.stringify(analysis)));
    const status = await sealPlan(incidentId, 'status', 'set_application_status');
    const letters = await sealPlan(incidentId, 'letters', 'send_letter');
    const classes = story().investigated().state.classes;
    return story()
      .opened({ incidentId })
      .contained()
      .sealed()
      .analysed({ analysisSha256: sealed.sha256, analysisUri: sealed.uri })
      .located()
      .mapped([
        { ...classes['status']!.spec, ...status },
        { ...classes['letters']!.spec, ...letters },
      ])
      .approvers()
      .reversed()
      .remediated()
      .sections()
      .factors()
      .gap()
      .proven()
      .give('finalisePostmortem', ana, {});
  }

  async function scene(over: Partial<DistributeDeps> = {}): Promise<Scene> {
    const incidentId = `inc-loan-${(count += 1)}`;
    const life = await finalLife(incidentId);
    const posts: Scene['posts'] = [];
    const deps: DistributeDeps = {
      store,
      evidence,
      mailer: mailer(),
      slackPost: async (post) => {
        posts.push(post);
        return { status: 'sent', words: 'ok', id: `C0ONCALL/${posts.length}` };
      },
      recipients: [mailRecipient, channelRecipient],
      messageIdDomain: 'holdpoint.example.org',
      links: { incident: (id) => `http://127.0.0.1:8080/incidents/${id}` },
      loadSession: async () => session(),
      clock: () => life.at,
      ...over,
    };
    let recorded = 0;
    const record = async (): Promise<void> => {
      await store.audit.append(incidentId, life.events.slice(recorded));
      recorded = life.events.length;
    };
    await record();
    await store.directory.put(ana.id, { name: 'Ana Ruiz', kind: 'person', address: null });
    return { life, incidentId, deps, posts, activities: createDistributeActivities(deps), record };
  }

  async function planned(over: Partial<DistributeDeps> = {}): Promise<Scene> {
    const made = await scene(over);
    const plan = await made.activities.planDistribution({ incidentId: made.incidentId, version: 1 });
    made.life.give('planDistribution', engine, { version: 1, ...plan });
    await made.record();
    return made;
  }

  function tamper(uri: string, replacement: string | null): () => void {
    const file = join(dir, placeOf(uri.replace('sha256:', '')));
    const before = readFileSync(file);
    chmodSync(file, 0o600);
    if (replacement === null) rmSync(file);
    else writeFileSync(file, replacement);
    return () => writeFileSync(file, before);
  }

  async function stop(): Promise<void> {
    await store.close();
    await Promise.all([database.drop(), server.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }
  return { store, server, evidence, mailer, tamper, scene, planned, stop };
}
