import { PEOPLE } from '../../src/embedded/slack/sample-workspace.ts';
import { planned } from './support/samples.ts';
import { actor, startWorld, type World } from './support/world.ts';

describe('who clicks', () => {
  let world: World;
  const start = async (options: Parameters<typeof startWorld>[0] = {}) => {
    world = await startWorld(options);
    world.analysed();
    await world.refresh();
  };
  afterEach(async () => await world.close());

  it('is remembered by name in the directory, and by an opaque id everywhere else', async () => {
    await start();
    await world.press('ana', 'Acknowledge');
    expect(world.incidents.given.at(-1)?.by).toMatchObject({ id: actor(PEOPLE.ana), via: 'slack' });
    expect(world.store.names.get(actor(PEOPLE.ana))).toMatchObject({ name: 'Ana Ruiz', kind: 'person' });
    expect(JSON.stringify(world.incidents.given)).not.toContain('Ana Ruiz');
  });

  it('is an approver by the user group, without a role of their own', async () => {
    await start({ people: { roles: {} } });
    await world.press('ben', 'Acknowledge');
    expect(world.incidents.given.at(-1)?.by).toMatchObject({ roles: ['viewer', 'approver'] });
  });

  it.each([
    ['a bot', { is_bot: true }, 'Bots decide nothing here.'],
    ['deactivated', { deleted: true }, 'deactivated'],
    ['a guest', { is_restricted: true }, 'Guests decide nothing here.'],
    ['a single-channel guest', { is_ultra_restricted: true }, 'Guests decide nothing here.'],
    ['of another organisation', { team_id: 'T0ELSEWHERE' }, 'another organisation'],
    ['a stranger', { is_stranger: true }, 'another organisation'],
  ])('is refused when Slack says that the account is %s', async (_what, change, words) => {
    await start();
    const member = { id: PEOPLE.ana, team_id: 'T0HOLDPOINT', ...change };
    world.slack.client.users.info = async () => ({ ok: true, user: member });
    await world.press('ana', 'Acknowledge');
    await world.hears('ana', words);
    expect(world.incidents.given).toEqual([]);
  });

  it('may do nothing while Slack cannot say who it is, and again a moment later', async () => {
    await start();
    world.standIn.faults.add({ method: 'users.info', kind: 'http500' });
    await world.press('ana', 'Acknowledge');
    await world.hears('ana', 'Slack could not say who you are, so nothing was done.');
    expect(world.state.acknowledgedAt).toBeNull();
    await world.press('ana', 'Acknowledge');
    expect(world.state.acknowledgedAt).not.toBeNull();
  });

  it('is answered within Slack’s three seconds when Slack itself hangs', async () => {
    // The call itself ends long after Slack has given up.
    await start({ patience: { lookUpMs: 100, callMs: 600_000 } });
    world.standIn.faults.add({ method: 'users.info', kind: 'hang' });
    expect((await world.press('ana', 'Acknowledge')).ok).toBe(true);
    await world.hears('ana', 'Slack could not say who you are');
    expect(world.incidents.given).toEqual([]);
    expect(world.state.acknowledgedAt).toBeNull();
  });

  it('who is deactivated between opening a form and sending it decides nothing', async () => {
    await start();
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([planned('reversible', 3)]);
    await world.refresh();
    await world.press('ben', 'Review & sign', world.signOff('Sign the reversal').ts);
    const sending = world.fill('ben', {});
    world.standIn.admin.deactivate(PEOPLE.ben);
    const { errors } = await sending;
    expect(JSON.stringify([errors, world.reads('ben')])).toContain('This account is deactivated.');
    expect(Object.values(world.state.signOffs)).toMatchObject([{ status: 'open', signatures: [] }]);
  });

  it('is not asked of Slack at every click', async () => {
    await start();
    for (let i = 0; i < 5; i += 1) await world.press('ana', 'Checklist', world.card().ts);
    expect(world.standIn.state.calls.filter(({ method }) => method === 'users.info')).toHaveLength(1);
  });
});

describe('the snapshot of approvers', () => {
  it('holds the group’s full members and the configured ones, by their actor ids', async () => {
    const world = await startWorld({ people: { otherApproverIds: ['person:zoe'] } });
    const order = { incidentId: world.incidentId, agent: 'loan-agent' };
    const { approverIds } = await world.notify.refreshApprovers(order);
    expect(approverIds).toEqual(
      ['person:zoe', ...[PEOPLE.ana, PEOPLE.ben, PEOPLE.chidi, PEOPLE.dana].map(actor)].sort(),
    );
    await world.close();
  });

  it('leaves out guests and people who left', async () => {
    const world = await startWorld({
      people: {
        approverGroups: [],
        roles: { [PEOPLE.guest]: ['approver'], [PEOPLE.former]: ['approver'], [PEOPLE.ben]: ['approver'] },
      },
    });
    const { approverIds, because } = await world.notify.refreshApprovers({ incidentId: 'x', agent: 'y' });
    expect(approverIds).toEqual([actor(PEOPLE.ben)]);
    expect(because).toContain('2 more are not full members');
    await world.close();
  });

  it('holds those who prove themselves on the page while Slack cannot be asked, and nobody else', async () => {
    const world = await startWorld({
      people: { otherApproverIds: ['person:zoe'], pageApproverIds: ['person:zoe', actor(PEOPLE.ben)] },
    });
    world.standIn.faults.add({ method: 'users.info', kind: 'http500' });
    const { approverIds, because } = await world.notify.refreshApprovers({ incidentId: 'x', agent: 'y' });
    expect(approverIds).toEqual(['person:zoe', actor(PEOPLE.ben)]);
    expect(because).toContain('2 may sign on the page');
    await world.close();
  });

  it.each(['usergroups.users.list', 'users.info', 'auth.test'])(
    'is empty-handed, not permissive, when %s fails',
    async (method) => {
      const world = await startWorld();
      world.standIn.faults.add({ method, kind: 'http500' });
      const { approverIds } = await world.notify.refreshApprovers({ incidentId: 'x', agent: 'y' });
      expect(approverIds).toBeNull();
      await world.close();
    },
  );
});
