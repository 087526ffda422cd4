import { CHANNELS } from '../../src/embedded/slack/sample-workspace.ts';
import { planned } from './support/samples.ts';
import { startWorld, type World } from './support/world.ts';

/** The same app over Slack's own connection: no public address, no signing secret. */
describe('Socket Mode', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld({ socketMode: true });
    await world.until(() => world.standIn.sockets.areConnected, 'connected');
    world.analysed();
    await world.refresh();
  });
  afterEach(async () => {
    expect(world.standIn.state.violations).toEqual([]);
    await world.close();
  });

  it('takes clicks, forms with errors, commands and events', async () => {
    await world.press('ana', 'Acknowledge');
    await world.hears('ana', 'nobody else is paged');
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([planned('irreversible', 2)]);
    await world.refresh();
    await world.press('ana', 'Write plan: send_letter');
    await world.fill('ana', { plan: 'Write to both.' });
    await world.refresh();
    await world.press('ben', 'Review & sign', world.signOff('Sign the remediation plan').ts);
    const { errors } = await world.fill('ben', { count: '3', reason: 'Right.' });
    expect(errors).toEqual({ count: expect.stringContaining('Type 2.') });
    expect((await world.fill('ben', { count: '2', reason: 'Right.' })).view).toBeNull();
    await world.person('ana').slash('/incident', 'list', CHANNELS.incidents);
    await world.hears('ana', 'loan-agent');
    expect((await world.person('ben').openHome()).ok).toBe(true);
  });

  it('connects anew when Slack asks for it, and goes on', async () => {
    world.standIn.sockets.refresh();
    await world.until(() => !world.standIn.sockets.areConnected, 'the old connection is gone');
    await world.until(() => world.standIn.sockets.areConnected, 'a new one is there');
    await world.press('ana', 'Acknowledge');
    expect(world.state.acknowledgedAt).not.toBeNull();
  });

  it('answers nothing when the engine is out of reach, so that Slack shows an error', async () => {
    await world.close();
    world = await startWorld({ socketMode: true, standIn: { ackTimeoutMs: 500 } });
    await world.until(() => world.standIn.sockets.areConnected, 'connected');
    world.analysed();
    await world.refresh();
    world.incidents.mood = 'unreachable';
    const acted = await world.press('ana', 'Acknowledge');
    expect({ ok: acted.ok, error: acted.delivery?.error }).toEqual({ ok: false, error: 'operation_timeout' });
    expect(world.state.acknowledgedAt).toBeNull();
  });
});
