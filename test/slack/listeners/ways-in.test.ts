import { CHANNELS, PEOPLE } from '../../../src/embedded/slack/sample-workspace.ts';
import { planned } from '../support/samples.ts';
import * as samples from '../support/samples.ts';
import { startWorld, type World } from '../support/world.ts';

describe('ways in besides the card', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(async () => {
    expect(world.standIn.state.violations).toEqual([]);
    await world.close();
  });
  const slash = async (name: 'ana' | 'eve' | 'guest', text: string) =>
    await world.person(name).slash('/incident', text, CHANNELS.incidents);
  const home = (name: 'ben') =>
    JSON.stringify(
      world.standIn.state.workspace.views[world.standIn.state.workspace.homes[PEOPLE[name]] ?? '']?.blocks,
    );

  it('a message is reported: its words fill the form, and the agent is stopped by an alert', async () => {
    const message = world.person('eve').say(CHANNELS.incidents, 'Every applicant was declined <!channel>');
    await world.person('ana').messageShortcut('holdpoint_report', CHANNELS.incidents, message.ts);
    expect(world.reads('ana')).toContain('Every applicant was declined');
    await world.fill('ana', { agent: 'loan-agent', session: 's-77' });
    expect(world.incidents.alerts).toMatchObject([
      {
        agent: 'loan-agent',
        alert: {
          kind: 'report',
          source: 'slack',
          sessionId: 's-77',
          url: expect.stringContaining('/archives/'),
        },
        by: { id: 'slack:T0HOLDPOINT:U0ANARUIZ00' },
      },
    ]);
    await world.hears('ana', 'loan-agent is being stopped');
  });

  it('a report that Slack delivers twice is one alert', async () => {
    await world.person('ana').shortcut('holdpoint_report');
    world.standIn.faults.add({ deliver: 'duplicate' });
    await world.fill('ana', { agent: 'refund-agent', what: 'Refunds everybody' });
    await world.until(() => world.incidents.alerts.length === 2, 'both deliveries');
    expect(new Set(world.incidents.alerts.map(({ alert }) => alert.alertId)).size).toBe(1);
  });

  it('a report takes a responder, because it stops an agent', async () => {
    await world.person('eve').shortcut('holdpoint_report');
    expect(world.reads('eve')).toContain('Your account may look but not act.');
    expect(world.incidents.alerts).toEqual([]);
  });

  it('/incident lists what is open, says how one stands, and helps', async () => {
    await slash('ana', '');
    expect(world.told('ana').at(-1)).toBe('No incident is open.');
    world.analysed();
    await world.refresh();
    await slash('ana', 'list');
    expect(world.told('ana').at(-1)).toContain('Confirm tool misfire, from step 7?');
    expect(world.told('ana').at(-1)).toContain(`/archives/${CHANNELS.incidents}/`);
    await slash('ana', `status ${samples.INCIDENT}`);
    expect(world.told('ana').at(-1)).toContain('*Failure mode*: Confirm the failure mode.');
    await slash('ana', 'status <!channel>');
    expect(world.told('ana').at(-1)).toContain('&lt;!channel&gt;');
    await slash('ana', 'dance');
    expect(world.told('ana').at(-1)).toContain('/incident report');
    await slash('ana', 'report it sends letters');
    expect(world.reads('ana')).toContain('it sends letters');
  });

  it('/incident open opens one; with the id of one it shows that', async () => {
    world.analysed();
    await world.person('ana').slash('/incident', 'open', CHANNELS.incidents);
    expect(world.modal('ana')?.title?.text).toBe('Report an agent');
    await world.person('ana').closeView(world.modal('ana')!.id);
    await world.person('ana').slash('/incident', `open ${world.incidentId}`, CHANNELS.incidents);
    await world.hears('ana', 'loan-agent');
    expect(world.modal('ana')).toBeNull();
  });

  it('Home says what is due next, and offers a countersignature to those who may', async () => {
    world.analysed();
    await world.refresh();
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([planned('reversible', 3)]);
    await world.refresh();
    await world.press('ana', 'Break glass', world.signOff('Sign the reversal').ts);
    await world.fill('ana', { reason: 'Money leaves in two minutes.' });
    const home = async (name: 'ana' | 'ben' | 'dana') => {
      await world.person(name).openHome();
      const { homes, views } = world.standIn.state.workspace;
      return JSON.stringify(views[homes[PEOPLE[name]] ?? '']?.blocks);
    };
    expect(await home('ben')).toMatch(/Due next.*postmortem, due in/);
    expect(await home('ben')).toContain('Countersign');
    expect(await home('ana')).not.toContain('Countersign');
    expect(await home('dana')).not.toContain('Countersign');
  });

  it('/incident shows nothing to a guest', async () => {
    world.analysed();
    await slash('guest', 'list');
    expect(world.told('guest')).toEqual([expect.stringContaining('Guests decide nothing here.')]);
  });

  it('Home shows my open decisions, leads to them, and is fresh after the next event', async () => {
    world.analysed();
    await world.refresh();
    await world.press('ana', 'Confirm: tool misfire, step 7');
    await world.person('ben').openHome();
    expect(home('ben')).toContain('Nothing waits for you.');
    world.mapped([planned('reversible', 3)]);
    await world.refresh();
    expect(home('ben')).toContain('set_application_status, 3 actions');
    const viewId = world.standIn.state.workspace.homes[PEOPLE.ben] ?? '';
    await world.person('ben').clickInView(viewId, { label: 'Review & sign' });
    await world.fill('ben', {});
    await world.hears('ben', 'Signed.');
    await world.refresh();
    expect(home('ben')).toContain('Nothing waits for you.');
  });

  it('Home of the agent’s owner offers no signature', async () => {
    world.analysed();
    world.approvers([PEOPLE.dana, PEOPLE.ben]);
    await world.refresh();
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([planned('reversible', 3)]);
    await world.person('dana').openHome();
    const view = world.standIn.state.workspace.views[world.standIn.state.workspace.homes[PEOPLE.dana] ?? ''];
    expect(JSON.stringify(view?.blocks)).toContain('Nothing waits for you.');
  });
});

describe('endings and receipts', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
    world.analysed();
    await world.refresh();
  });
  afterEach(async () => {
    expect(world.standIn.state.violations).toEqual([]);
    await world.close();
  });

  it('a false alarm needs a reason and a second person, and can be withdrawn', async () => {
    await world.more('ana', 'Dismiss: false alarm');
    await world.fill('ana', { reason: 'A load test.' });
    await world.refresh();
    await world.press('ana', 'Agree to the ending');
    expect(world.reads('ana')).toContain('A load test.');
    expect(Object.values((await world.fill('ana', {})).errors)).toEqual([
      expect.stringContaining('You proposed this ending'),
    ]);
    await world.press('ana', 'Withdraw it', world.card().ts);
    await world.hears('ana', 'Withdrawn');
    expect(world.state).toMatchObject({ status: 'open', ending: null });
  });

  it('a bug and a merge say below the field what is missing', async () => {
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([]);
    await world.more('ana', 'Resolve as a bug');
    const bug = await world.fill('ana', { fix: 'soon', reason: 'Prompt edit.' });
    expect(bug.errors).toEqual({ fix: expect.stringContaining('no link') });
    await world.person('ana').closeView(world.modal('ana')!.id, true);
    await world.more('ana', 'Merge into another');
    const merge = await world.fill('ana', { into: world.incidentId, reason: 'The same.' });
    expect(merge.errors).toHaveProperty('into');
  });

  it('a merge offers the other open incidents of the agent', async () => {
    const { alert } = samples;
    const other = {
      ...alert(world.incidents.nowMs()),
      alertId: 'a2',
      title: 'Decline rate, another session',
    };
    world.incidents.open('loan-agent-000000000000-1', samples.AGENT, other);
    await world.more('ana', 'Merge into another');
    expect(world.reads('ana')).toContain('Decline rate, another session');
    await world.fill('ana', { into_pick: 'Decline rate, another session', reason: 'The same failure.' });
    expect(world.state.ending).toMatchObject({ kind: 'merged', intoIncidentId: 'loan-agent-000000000000-1' });
    expect(world.modal('ana')).toBeNull();
    await world.more('ben', 'Merge into another');
    expect(world.reads('ben')).toContain('Another ending is proposed already.');
  });

  it('the ended card says who ended it and why, without buttons', async () => {
    await world.more('ana', 'Dismiss: false alarm');
    await world.fill('ana', { reason: 'A load test.' });
    await world.refresh();
    await world.press('ben', 'Agree to the ending');
    await world.fill('ben', {});
    await world.refresh();
    const card = JSON.stringify(world.card().blocks);
    expect(card).toContain('dismissed as a false alarm');
    expect(card).toContain('A load test.');
    expect(card).not.toContain('"type":"button"');
  });
});
