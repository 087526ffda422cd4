import { ApplicationFailure } from '@temporalio/common';
import { createDistributeActivities } from '../../../src/activities/distribute.ts';
import { messageIdOf } from '../../../src/activities/distribute/send.ts';
import { EvidenceUnavailable } from '../../../src/adapters/evidence/port.ts';
import { ana, prose } from '../../domain/incident/story.ts';
import { channelId, mailId, openWorld, type Scene, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());
afterEach(() => world.server.faults.clear());

const mailsOf = ({ incidentId }: Scene) => {
  const id = messageIdOf({ incidentId, version: 1, recipientId: mailId }, 'holdpoint.example.org');
  return world.server.mails().filter((mail) => mail.messageId === id);
};
const send = (made: Scene, to = mailId) =>
  made.activities.sendPostmortem({ incidentId: made.incidentId, version: 1, recipientId: to });

describe('sending a mail', () => {
  it('delivers the sealed document once, with its digests', async () => {
    const made = await world.planned();
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
    const made = await world.planned();
    const first = await send(made);
    expect(await send(made)).toEqual(first);
    expect(mailsOf(made)).toHaveLength(1);
  });

  it('sends no second mail when two workers send at once', async () => {
    const made = await world.planned();
    const receipts = await Promise.all([send(made), send(made), send(made)]);
    expect(mailsOf(made)).toHaveLength(1);
    expect(receipts.filter(({ status }) => status === 'refused')).toEqual([]);
    expect((await send(made)).status).toBe('sent');
  });

  it('451: fails so that it is tried again, and the next try delivers', async () => {
    const made = await world.planned();
    world.server.faults.tempFail(2);
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
    const made = await world.planned({ mailer: world.mailer('smtp://127.0.0.1:9') });
    const failure = await send(made).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'NotSent', nonRetryable: false });
  });

  it('550: refused, in the server’s words, and not tried again by itself', async () => {
    const made = await world.planned();
    world.server.faults.rejectRecipient('platform@example.org', 550);
    const receipt = await send(made);
    expect(receipt).toMatchObject({ status: 'refused', note: expect.stringContaining('550') });
    expect(receipt.note).not.toContain('example.org');
    world.server.faults.clear();
    expect((await send(made)).status).toBe('refused');
    expect(mailsOf(made)).toHaveLength(0);
  });

  it('cut after the message: uncertain for ever, until a person decides', async () => {
    const made = await world.planned();
    world.server.faults.dropAfterData(1);
    expect((await send(made)).status).toBe('uncertain');
    expect((await send(made)).status).toBe('uncertain');
    expect(mailsOf(made)).toHaveLength(1);
  });

  it('a person orders it to be sent again: exactly one more, with the same message id', async () => {
    const made = await world.planned();
    world.server.faults.dropAfterData(1);
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
    const made = await world.planned({
      mailer: {
        send: async (mail) => {
          await world.mailer().send(mail);
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
    const made = await world.planned();
    const away = {
      ...world.evidence,
      get: () => Promise.reject(new EvidenceUnavailable('the disk is away')),
    };
    const elsewhere = createDistributeActivities({ ...made.deps, evidence: away });
    await expect(send({ ...made, activities: elsewhere })).rejects.toThrow('the disk is away');
    expect((await send(made)).status).toBe('sent');
  });

  it.each([
    ['changed', '{}'],
    ['lost', null],
  ])('does not send a document that was %s after it was planned', async (_name, replacement) => {
    const made = await world.planned();
    const putBack = world.tamper(made.life.state.distribution!.documentUri, replacement);
    await expect(send(made)).rejects.toMatchObject({ type: 'EvidenceChanged', nonRetryable: true });
    expect(mailsOf(made)).toHaveLength(0);
    putBack();
    expect((await send(made)).status).toBe('sent');
  });

  it('refuses when the address was erased, and waits for a plan that is not on record', async () => {
    const made = await world.planned();
    await world.store.directory.put(mailId, { name: 'erased', kind: 'mail', address: null });
    expect(await send(made)).toMatchObject({ status: 'refused', note: expect.stringContaining('erased') });
    await expect(
      made.activities.sendPostmortem({ incidentId: made.incidentId, version: 2, recipientId: mailId }),
    ).rejects.toMatchObject({ type: 'NotRecordedYet' });
    await expect(send(made, 'rcp-nobody')).rejects.toMatchObject({ type: 'NotRecordedYet' });
  });
});

describe('posting to a channel', () => {
  it('posts once: title, what was done, the record and the digests, nothing of the trace', async () => {
    const made = await world.planned();
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
    const made = await world.planned({
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
    const made = await world.planned({
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
