import { EvidenceAltered, EvidenceUnavailable } from '../../src/adapters/evidence/port.ts';
import { prose, sha } from '../domain/incident/story.ts';
import { channelId, mailId, mailRecipient, openWorld, read, type World } from './distribute/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

describe('drafting', () => {
  it('drafts all six sections from the record and the sealed session, with their digests', async () => {
    const { activities, incidentId } = await world.scene();
    const drafts = await activities.draftPostmortem({ incidentId });
    expect(drafts).toHaveLength(6);
    for (const { text } of drafts) expect(text.sha256).toBe(prose(text.text).sha256);
    expect(drafts[0]?.text.text).toContain('You decide loan applications.');
    expect(drafts.find(({ section }) => section === 'contributing_factors')?.text.text).toContain(
      'TOOL_SCHEMA_DRIFT at step 3',
    );
  });

  it.each([
    ['cannot be read for good', async () => null],
    ['was altered', () => Promise.reject(new EvidenceAltered('not what was sealed'))],
  ])('says so when the sealed session %s', async (_name, loadSession) => {
    const { activities, incidentId } = await world.scene({ loadSession });
    expect((await activities.draftPostmortem({ incidentId }))[0]?.text.text).toContain(
      'Intended behaviour: not captured',
    );
  });

  it('waits for a session that is only out of reach', async () => {
    const loadSession = () => Promise.reject(new EvidenceUnavailable('the disk is away'));
    const { activities, incidentId } = await world.scene({ loadSession });
    await expect(activities.draftPostmortem({ incidentId })).rejects.toThrow('the disk is away');
  });

  it('waits for the record', async () => {
    const { activities } = await world.scene();
    await expect(activities.draftPostmortem({ incidentId: 'inc-nowhere' })).rejects.toMatchObject({
      type: 'NotRecordedYet',
      nonRetryable: false,
    });
  });
});

describe('planning the distribution', () => {
  it('seals the three forms under one digest, with names and the head of the audit chain', async () => {
    const { activities, incidentId } = await world.scene();
    const head = await world.store.audit.head(incidentId);
    const plan = await activities.planDistribution({ incidentId, version: 1 });
    const manifest = JSON.parse(await read(world.evidence, plan.documentUri));
    expect(sha(await read(world.evidence, plan.documentUri))).toBe(plan.documentSha256);
    expect(manifest.audit).toEqual({ head: head?.head, seq: head?.seq });
    for (const form of ['html', 'md', 'txt']) {
      const text = await read(world.evidence, manifest.files[form].uri);
      expect(text).toContain(head?.head);
      expect(text).toContain('Ana Ruiz');
      expect(text).toContain('APP-1042');
    }
  });

  it('keeps addresses out of what is chained: opaque ids here, the address in the directory', async () => {
    const { activities, incidentId } = await world.scene();
    const plan = await activities.planDistribution({ incidentId, version: 1 });
    expect(plan.recipients).toEqual([
      { recipientId: mailId, kind: 'mail', team: 'platform' },
      { recipientId: channelId, kind: 'channel', team: 'on_call' },
    ]);
    expect(mailId).toBe(`rcp-${sha('platform@example.org').slice(0, 16)}`);
    expect(JSON.stringify(plan)).not.toContain('example.org');
    expect(await world.store.directory.get(mailId)).toEqual({
      name: 'Platform',
      kind: 'mail',
      address: 'platform@example.org',
    });
  });

  it('makes the same document again while nothing has changed', async () => {
    const { activities, incidentId } = await world.scene();
    const order = { incidentId, version: 1 };
    expect(await activities.planDistribution(order)).toEqual(await activities.planDistribution(order));
  });

  it('waits until the version is final on record', async () => {
    const { activities, incidentId } = await world.scene();
    await expect(activities.planDistribution({ incidentId, version: 2 })).rejects.toMatchObject({
      type: 'NotRecordedYet',
    });
  });

  it.each([
    ['was altered', '{"actions":[]}'],
    ['is gone', null],
  ])('says so when the list of actions %s', async (_name, replacement) => {
    const { activities, incidentId, life } = await world.scene();
    world.tamper(life.state.classes['status']!.spec.planUri, replacement);
    const plan = await activities.planDistribution({ incidentId, version: 1 });
    const manifest = JSON.parse(await read(world.evidence, plan.documentUri));
    expect(await read(world.evidence, manifest.files.txt.uri)).toContain(
      'The sealed list of these actions could not be read when this document was made.',
    );
  });

  it('does not call lost what is only out of reach: it waits', async () => {
    const get = () => Promise.reject(new EvidenceUnavailable('the disk is away'));
    const { activities, incidentId } = await world.scene({ evidence: { ...world.evidence, get } });
    await expect(activities.planDistribution({ incidentId, version: 1 })).rejects.toThrow('the disk is away');
  });

  it('makes one recipient of an address that is on both lists', async () => {
    const both = [mailRecipient, { ...mailRecipient, team: 'on_call' as const }];
    const made = await world.planned({ recipients: both });
    expect(Object.keys(made.life.state.distribution!.receipts)).toEqual([mailId]);
  });
});
