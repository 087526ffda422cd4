import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import {
  createDistributeActivities,
  type ChannelPost,
  type DistributeDeps,
} from '../../src/activities/distribute.ts';
import { type Recipient, recipientId } from '../../src/activities/distribute/recipients.ts';
import { messageIdOf } from '../../src/activities/distribute/send.ts';
import { createSmtpMailer } from '../../src/adapters/mail/smtp.ts';
import { canonical } from '../../src/domain/canonical.ts';
import type { MailCatcher } from '../../src/embedded/mail/catcher.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { ana, engine, prose, story, type Story } from '../domain/incident/story.ts';
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts';
import { testMailServer } from '../support/smtp.ts';
import { analysis, plans, session } from '../templates/sample.ts';

let database: FreshDatabase;
let store: Store;
let server: MailCatcher;
beforeAll(async () => {
  [database, server] = await Promise.all([freshDatabase(), testMailServer()]);
  store = await createStore({ url: database.url });
});
afterAll(async () => {
  await store.close();
  await Promise.all([database.drop(), server.stop()]);
});
afterEach(() => server.faults.clear());

/** Content-addressed files in memory. */
function shelf() {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    put: async (bytes: Uint8Array) => {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      files.set(`memory:${sha256}`, bytes);
      return { sha256, uri: `memory:${sha256}` };
    },
    get: async (uri: string) => {
      const bytes = files.get(uri);
      if (!bytes) throw new Error(`no file ${uri}`);
      return bytes;
    },
  };
}

const mailRecipient: Recipient = {
  kind: 'mail',
  team: 'platform',
  name: 'Platform',
  address: 'platform@example.org',
};
const channelRecipient: Recipient = {
  kind: 'channel',
  team: 'on_call',
  name: '#on-call',
  address: 'C0ONCALL',
};
const mailId = recipientId(mailRecipient);
const channelId = recipientId(channelRecipient);

interface Scene {
  life: Story;
  incidentId: string;
  deps: DistributeDeps;
  evidence: ReturnType<typeof shelf>;
  posts: Parameters<ChannelPost>[0][];
  activities: ReturnType<typeof createDistributeActivities>;
  /** Writes what has happened since the last time to the audit log. */
  record(): Promise<void>;
}

let count = 0;
/** An incident with its final postmortem on record, and everything sealed where it says. */
async function scene(over: Partial<DistributeDeps> = {}): Promise<Scene> {
  count += 1;
  const incidentId = `inc-loan-${count}`;
  const evidence = shelf();
  const posts: Scene['posts'] = [];
  const sealedAnalysis = await evidence.put(new TextEncoder().encode(JSON.stringify(analysis)));
  const life = story().opened({ incidentId });
  const planFile = async (classId: string, tool: string) => {
    const actions = (plans[classId] ?? []).map((action, index) => ({
      ...action,
      index,
      tool,
      args: {},
      reversal: null,
    }));
    const text = canonical({ incidentId, classId, tool, kind: 'reversible', strategy: 'x', actions });
    return evidence.put(new TextEncoder().encode(text));
  };
  const [status, letters] = [
    await planFile('status', 'set_application_status'),
    await planFile('letters', 'send_letter'),
  ];
  life
    .contained()
    .sealed()
    .analysed({ analysisSha256: sealedAnalysis.sha256, analysisUri: sealedAnalysis.uri })
    .located();
  const classes = story().investigated().state.classes;
  life.mapped([
    { ...classes['status']!.spec, planSha256: status.sha256, planUri: status.uri },
    { ...classes['letters']!.spec, planSha256: letters.sha256, planUri: letters.uri },
  ]);
  life
    .approvers()
    .reversed()
    .remediated()
    .sections()
    .factors()
    .gap()
    .proven()
    .give('finalisePostmortem', ana, {});
  const deps: DistributeDeps = {
    store,
    evidence,
    mailer: createSmtpMailer({
      url: server.smtpUrl,
      from: { name: 'Holdpoint', address: 'holdpoint@example.org' },
      timeoutMs: 2_000,
    }),
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
  return { life, incidentId, deps, evidence, posts, activities: createDistributeActivities(deps), record };
}

/** The same, its distribution planned and on record. */
async function planned(over: Partial<DistributeDeps> = {}): Promise<Scene> {
  const made = await scene(over);
  const plan = await made.activities.planDistribution({ incidentId: made.incidentId, version: 1 });
  made.life.give('planDistribution', engine, { version: 1, ...plan });
  await made.record();
  return made;
}

const mailsOf = ({ incidentId }: Scene) => {
  const id = messageIdOf({ incidentId, version: 1, recipientId: mailId }, 'holdpoint.example.org');
  return server.mails().filter((mail) => mail.messageId === id);
};
const send = (made: Scene, to = mailId) =>
  made.activities.sendPostmortem({ incidentId: made.incidentId, version: 1, recipientId: to });

describe('drafting', () => {
  it('drafts all six sections from the record and the sealed session, with their digests', async () => {
    const { activities, incidentId } = await scene();
    const drafts = await activities.draftPostmortem({ incidentId });
    expect(drafts).toHaveLength(6);
    for (const { text } of drafts) expect(text.sha256).toBe(prose(text.text).sha256);
    expect(drafts[0]?.text.text).toContain('You decide loan applications.');
    expect(drafts.find(({ section }) => section === 'contributing_factors')?.text.text).toContain(
      'TOOL_SCHEMA_DRIFT at step 3',
    );
  });

  it('says so when the sealed session cannot be read for good', async () => {
    const { activities, incidentId } = await scene({ loadSession: async () => null });
    expect((await activities.draftPostmortem({ incidentId }))[0]?.text.text).toContain(
      'Intended behaviour: not captured',
    );
  });

  it('waits for the record', async () => {
    const { activities } = await scene();
    await expect(activities.draftPostmortem({ incidentId: 'inc-nowhere' })).rejects.toMatchObject({
      type: 'NotRecordedYet',
      nonRetryable: false,
    });
  });
});

describe('planning the distribution', () => {
  it('seals the three forms under one digest, with names and the head of the audit chain', async () => {
    const { activities, incidentId, evidence } = await scene();
    const head = await store.audit.head(incidentId);
    const plan = await activities.planDistribution({ incidentId, version: 1 });
    const manifest = JSON.parse(new TextDecoder().decode(await evidence.get(plan.documentUri)));
    expect(
      createHash('sha256')
        .update(await evidence.get(plan.documentUri))
        .digest('hex'),
    ).toBe(plan.documentSha256);
    expect(manifest.audit).toEqual({ head: head?.head, seq: head?.seq });
    for (const form of ['html', 'md', 'txt']) {
      const text = new TextDecoder().decode(await evidence.get(manifest.files[form].uri));
      expect(text).toContain(head?.head);
      expect(text).toContain('Ana Ruiz');
      expect(text).toContain('APP-1042');
    }
  });

  it('keeps addresses out of what is chained: opaque ids here, the address in the directory', async () => {
    const { activities, incidentId } = await scene();
    const plan = await activities.planDistribution({ incidentId, version: 1 });
    expect(plan.recipients).toEqual([
      { recipientId: mailId, kind: 'mail', team: 'platform' },
      { recipientId: channelId, kind: 'channel', team: 'on_call' },
    ]);
    expect(mailId).toBe(
      `rcp-${createHash('sha256').update('platform@example.org').digest('hex').slice(0, 16)}`,
    );
    expect(JSON.stringify(plan)).not.toContain('example.org');
    expect(await store.directory.get(mailId)).toEqual({
      name: 'Platform',
      kind: 'mail',
      address: 'platform@example.org',
    });
  });

  it('makes the same document again while nothing has changed', async () => {
    const { activities, incidentId } = await scene();
    const order = { incidentId, version: 1 };
    expect(await activities.planDistribution(order)).toEqual(await activities.planDistribution(order));
  });

  it('waits until the version is final on record', async () => {
    const { activities, incidentId } = await scene();
    await expect(activities.planDistribution({ incidentId, version: 2 })).rejects.toMatchObject({
      type: 'NotRecordedYet',
    });
  });

  it('says so when the list of actions is not the one that was signed', async () => {
    const made = await scene();
    const { planUri } = made.life.state.classes['status']!.spec;
    made.evidence.files.set(planUri, new TextEncoder().encode('{"actions":[]}'));
    const plan = await made.activities.planDistribution({ incidentId: made.incidentId, version: 1 });
    const manifest = JSON.parse(new TextDecoder().decode(await made.evidence.get(plan.documentUri)));
    const txt = new TextDecoder().decode(await made.evidence.get(manifest.files.txt.uri));
    expect(txt).toContain('The sealed list of these actions could not be read when this document was made.');
  });
});

describe('sending a mail', () => {
  it('delivers the sealed document once, with its digests', async () => {
    const made = await planned();
    const receipt = await send(made);
    expect(receipt).toEqual({
      status: 'sent',
      messageId: expect.stringMatching(/^<[0-9a-f]{40}@holdpoint\.example\.org>$/),
      note: null,
    });
    const [mail] = mailsOf(made);
    expect(mail?.envelope.to).toEqual(['platform@example.org']);
    expect(mail?.subject).toBe('Postmortem SEV2: Decline rate of loan applications at 100 %');
    expect(mail?.text).toContain(made.life.state.distribution?.documentSha256);
    expect(mail?.html).toContain('APP-1042');
    expect(mail?.attachments).toMatchObject([{ fileName: 'postmortem-v1.md' }]);
  });

  it('sends no second mail when called again', async () => {
    const made = await planned();
    const first = await send(made);
    expect(await send(made)).toEqual(first);
    expect(mailsOf(made)).toHaveLength(1);
  });

  it('sends no second mail when two workers send at once', async () => {
    const made = await planned();
    const receipts = await Promise.all([send(made), send(made), send(made)]);
    expect(mailsOf(made)).toHaveLength(1);
    expect(receipts.filter(({ status }) => status === 'refused')).toEqual([]);
    expect((await send(made)).status).toBe('sent');
  });

  it('451: fails so that it is tried again, and the next try delivers', async () => {
    const made = await planned();
    server.faults.tempFail(2);
    for (const _try of [1, 2])
      await expect(send(made)).rejects.toMatchObject({
        type: 'NotSent',
        nonRetryable: false,
        message: expect.stringContaining('451'),
      });
    expect(mailsOf(made)).toHaveLength(0);
    expect((await send(made)).status).toBe('sent');
    expect(mailsOf(made)).toHaveLength(1);
  });

  it('nobody listens: fails so that it is tried again', async () => {
    const down = createSmtpMailer({
      url: 'smtp://127.0.0.1:9',
      from: { name: 'H', address: 'h@example.org' },
      timeoutMs: 500,
    });
    const made = await planned({ mailer: down });
    const failure = await send(made).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'NotSent', nonRetryable: false });
  });

  it('550: refused, in the server’s words, and not tried again by itself', async () => {
    const made = await planned();
    server.faults.rejectRecipient('platform@example.org', 550);
    const receipt = await send(made);
    expect(receipt).toMatchObject({ status: 'refused', note: expect.stringContaining('550') });
    expect(receipt.note).not.toContain('example.org');
    server.faults.clear();
    expect((await send(made)).status).toBe('refused');
    expect(mailsOf(made)).toHaveLength(0);
  });

  it('cut after the message: uncertain for ever, until a person decides', async () => {
    const made = await planned();
    server.faults.dropAfterData(1);
    expect((await send(made)).status).toBe('uncertain');
    expect((await send(made)).status).toBe('uncertain');
    expect(mailsOf(made)).toHaveLength(1);
  });

  it('a person orders it to be sent again: exactly one more, with the same message id', async () => {
    const made = await planned();
    server.faults.dropAfterData(1);
    made.life.receipt(mailId, (await send(made)).status);
    made.life.give('settleReceipt', ana, {
      recipientId: mailId,
      outcome: 'send_again',
      reason: prose('The platform list has not got it.'),
    });
    await made.record();
    expect((await send(made)).status).toBe('sent');
    expect((await send(made)).status).toBe('sent');
    expect(mailsOf(made)).toHaveLength(2);
  });

  it('crashed between intent and answer: uncertain, no second mail', async () => {
    const made = await planned({
      mailer: {
        send: async (mail) => {
          await createSmtpMailer({
            url: server.smtpUrl,
            from: { name: 'H', address: 'h@example.org' },
            timeoutMs: 2_000,
          }).send(mail);
          throw new Error('the process is gone');
        },
      },
    });
    await expect(send(made)).rejects.toThrow('the process is gone');
    const afterwards = createDistributeActivities({
      ...made.deps,
      mailer: { send: async () => ({ status: 'sent', words: 'twice!' }) },
    });
    expect(
      await afterwards.sendPostmortem({ incidentId: made.incidentId, version: 1, recipientId: mailId }),
    ).toMatchObject({
      status: 'uncertain',
      note: expect.stringContaining('may have been delivered'),
    });
    expect(mailsOf(made)).toHaveLength(1);
  });

  it('reads everything before it writes its intent, so that a missing file never reads as uncertain', async () => {
    const made = await planned();
    const { documentUri } = made.life.state.distribution!;
    const bytes = await made.evidence.get(documentUri);
    made.evidence.files.delete(documentUri);
    await expect(send(made)).rejects.toThrow('no file');
    made.evidence.files.set(documentUri, bytes);
    expect((await send(made)).status).toBe('sent');
  });

  it('does not send a document that was changed after it was planned', async () => {
    const made = await planned();
    made.evidence.files.set(made.life.state.distribution!.documentUri, new TextEncoder().encode('{}'));
    await expect(send(made)).rejects.toMatchObject({ type: 'EvidenceChanged', nonRetryable: true });
    expect(mailsOf(made)).toHaveLength(0);
  });

  it('refuses when the address was erased, and waits for a plan that is not on record', async () => {
    const made = await planned();
    await store.directory.put(mailId, { name: 'erased', kind: 'mail', address: null });
    expect(await send(made)).toMatchObject({ status: 'refused', note: expect.stringContaining('erased') });
    await expect(
      made.activities.sendPostmortem({ incidentId: made.incidentId, version: 2, recipientId: mailId }),
    ).rejects.toMatchObject({ type: 'NotRecordedYet' });
    await expect(send(made, 'rcp-nobody')).rejects.toMatchObject({ type: 'NotRecordedYet' });
  });
});

describe('posting to a channel', () => {
  it('posts once: title, what was done, the record and the digests, nothing of the trace', async () => {
    const made = await planned();
    expect(await send(made, channelId)).toEqual({ status: 'sent', messageId: 'C0ONCALL/1', note: null });
    await send(made, channelId);
    expect(made.posts).toHaveLength(1);
    const { text, channel, key } = made.posts[0]!;
    expect(channel).toBe('C0ONCALL');
    expect(key).toContain(made.incidentId);
    expect(text).toContain('6 external actions after step 3 of session s1: 4 reversible, 2 irreversible.');
    expect(text).toContain(made.life.state.distribution?.documentSha256);
    expect(text).not.toContain('annual_income');
  });

  it.each([
    ['refused', { status: 'refused', messageId: null, note: 'channel_not_found' }],
    ['uncertain', { status: 'uncertain', messageId: null, note: 'channel_not_found' }],
  ] as const)('%s stays %s', async (status, receipt) => {
    let calls = 0;
    const made = await planned({
      slackPost: async () => {
        calls += 1;
        return { status, words: 'channel_not_found', id: null };
      },
    });
    expect(await send(made, channelId)).toEqual(receipt);
    expect(await send(made, channelId)).toEqual(receipt);
    expect(calls).toBe(1);
  });

  it('not sent is tried again', async () => {
    let calls = 0;
    const made = await planned({
      slackPost: async () => {
        calls += 1;
        return calls === 1
          ? { status: 'not_sent', words: 'ratelimited', id: null }
          : { status: 'sent', words: 'ok', id: 'C/1' };
      },
    });
    await expect(send(made, channelId)).rejects.toMatchObject({ type: 'NotSent', nonRetryable: false });
    expect((await send(made, channelId)).status).toBe('sent');
  });
});
