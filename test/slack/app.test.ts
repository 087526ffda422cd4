import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { CHANNELS } from '../../src/embedded/slack/sample-workspace.ts';
import { slackSignature } from '../../src/embedded/slack/people/deliver.ts';
import { METHODS } from '../../src/embedded/slack/api/methods.ts';
import { createSlackApp, SLACK_PATH } from '../../src/slack/app.ts';
import { SCOPES } from '../../src/slack/scopes.ts';
import { silent } from '../../src/slack/log.ts';
import { PeopleConfig } from '../../src/slack/people.ts';
import { COMMAND } from '../../src/slack/listeners/command.ts';
import { REPORT_SHORTCUT } from '../../src/slack/listeners/report.ts';
import { planned } from './support/samples.ts';
import { startWorld, type World } from './support/world.ts';

describe('the app at its door', () => {
  let world: World;
  let address: string;
  beforeEach(async () => {
    world = await startWorld();
    world.analysed();
    await world.refresh();
    address = world.endpoint;
  });
  afterEach(async () => await world.close());

  const post = async (body: string, atS: number) =>
    await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(atS),
        'x-slack-signature': slackSignature('a-signing-secret', atS, body),
      },
      body,
    });
  const nowS = () => Math.floor(Date.now() / 1_000);

  it('lives through requests that are not Slack’s', async () => {
    const base = address.slice(0, -SLACK_PATH.length);
    for (const path of ['/', '/slack/events', '/slack/install', '//', '/slack/events/../..'])
      expect((await fetch(`${base}${path}`)).status).toBe(404);
    expect((await fetch(`${base}/elsewhere`, { method: 'POST' })).status).toBe(404);
    expect((await world.press('ana', 'Acknowledge')).ok).toBe(true);
  });

  it('refuses a signed body that is none of Slack’s, and goes on', async () => {
    const body = new URLSearchParams({
      payload: JSON.stringify({
        type: 'block_actions',
        actions: [{ action_id: 'holdpoint.acknowledge' }],
        user: {},
      }),
    }).toString();
    expect((await post(body, nowS())).status).toBeGreaterThanOrEqual(400);
    expect((await world.press('ana', 'Acknowledge')).ok).toBe(true);
  });

  it('lets Slack show an error when the engine is out of reach: the click counts for nothing', async () => {
    world.incidents.mood = 'unreachable';
    const acted = await world.press('ana', 'Acknowledge');
    expect(acted).toMatchObject({ ok: false, delivery: { status: 500 } });
    await world.more('ana', 'Add a note');
    expect((await world.fill('ana', { text: 'A long note.' })).delivery?.status).toBe(500);
    world.incidents.mood = 'well';
    expect((await world.fill('ana', {})).view).toBeNull();
    expect(world.state.notes).toBe(1);
  });

  it('says “received, pending” while the worker is away, and nothing is lost', async () => {
    world.incidents.mood = 'away';
    await world.press('ana', 'Acknowledge');
    await world.hears('ana', 'Received, pending.');
    await world.more('ana', 'Add a note');
    expect((await world.fill('ana', { text: 'Later.' })).view).toBeNull();
    expect(world.state).toMatchObject({ acknowledgedAt: null, notes: 0 });
    expect(world.incidents.settle()).toMatchObject([{ ok: true }, { ok: true }]);
    expect(world.state).toMatchObject({ acknowledgedAt: expect.any(Number), notes: 1 });
  });

  describe('when the engine takes longer than Slack waits', () => {
    let release: () => void;
    beforeEach(async () => {
      await world.close();
      world = await startWorld({ patience: { decideMs: 50 } });
      world.analysed();
      await world.refresh();
      const send = world.incidents.send.bind(world.incidents);
      const held = new Promise<void>((resolve) => (release = resolve));
      world.incidents.send = async (...given) => {
        await held;
        return await send(...given);
      };
    });
    const late = { ok: false, delivery: { status: 500 } };
    const submitNote = async () => {
      await world.more('ana', 'Add a note');
      return await world.fill('ana', { text: 'A long note.' });
    };

    it('answers a click in time and says so later', async () => {
      expect(await world.press('ana', 'Acknowledge')).toMatchObject(late);
      release();
      await world.hears('ana', 'Acknowledged');
    });

    it('says later what came of a form, and the form sent again counts once', async () => {
      expect(await submitNote()).toMatchObject(late);
      release();
      await world.hears('ana', 'The form that shows an error can be closed.');
      expect((await world.fill('ana', {})).view).toBeNull();
      expect(world.state.notes).toBe(1);
    });

    it('says later that a form was refused, and why', async () => {
      await world.more('eve', 'Add a note');
      expect(await world.fill('eve', { text: 'I only look on.' })).toMatchObject(late);
      release();
      await world.hears('eve', 'Not done.');
      expect(world.state.notes).toBe(0);
    });

    it('says later that nothing is certain when the engine went away meanwhile', async () => {
      expect(await submitNote()).toMatchObject(late);
      world.incidents.mood = 'unreachable';
      release();
      await world.hears('ana', 'send the form again');
      expect(world.state.notes).toBe(0);
    });
  });

  it('counts a click that Slack delivers twice once', async () => {
    world.standIn.faults.add({ deliver: 'duplicate' });
    await world.press('ana', 'Confirm: tool misfire, step 7');
    await world.until(() => world.told('ana').length === 2, 'both deliveries are answered');
    const { seq } = world.state;
    expect(
      (await world.store.audit.events(world.incidentId)).filter(({ type }) => type === 'modeConfirmed'),
    ).toHaveLength(1);
    expect(seq).toBe((await world.store.audit.events(world.incidentId)).length);
  });

  it('opens one modal for a click that Slack delivers twice', async () => {
    world.standIn.faults.add({ deliver: 'duplicate' });
    await world.press('ana', 'Choose the mode');
    await world.until(
      () => world.standIn.state.deliveries.every(({ status }) => status !== null),
      'both are answered',
    );
    expect(world.standIn.state.deliveries.map(({ status }) => status)).toEqual([200, 200]);
    expect(world.standIn.state.workspace.stacks[world.person('ana').id]).toHaveLength(1);
  });

  it('asks to press again when the click came too late to open a modal', async () => {
    world.standIn.faults.add({ deliver: 'late', delayMs: 3_200 });
    await world.press('ana', 'Choose the mode');
    await world.hears('ana', 'Please press again.');
    expect(world.modal('ana')).toBeNull();
  });

  it('shows an error when a modal could not be filled, and opens it at the next press', async () => {
    world.standIn.faults.add({ method: 'views.update', kind: 'http500' });
    expect((await world.press('ana', 'Choose the mode')).ok).toBe(false);
    await world.person('ana').closeView(world.modal('ana')?.id ?? '');
    expect((await world.press('ana', 'Choose the mode')).view?.submit?.text).toBe('Confirm');
  });

  it('does not mind that somebody closed a modal before it was filled', async () => {
    const get = world.store.incidents.get.bind(world.store.incidents);
    world.store.incidents.get = async (id) => {
      await world.person('ana').closeView(world.modal('ana')?.id ?? '');
      return await get(id);
    };
    expect((await world.press('ana', 'Choose the mode')).ok).toBe(true);
    expect(world.modal('ana')).toBeNull();
  });

  describe('a modal that is not filled when Slack has its answer', () => {
    let release: () => void;
    beforeEach(async () => {
      await world.close();
      world = await startWorld({ patience: { fillMs: 0 } });
      world.analysed();
      await world.refresh();
      const get = world.store.incidents.get.bind(world.store.incidents);
      const held = new Promise<void>((resolve) => (release = resolve));
      world.store.incidents.get = async (id) => {
        await held;
        return await get(id);
      };
    });
    const press = async () =>
      await world.person('ana').click(CHANNELS.incidents, world.card().ts, { label: 'Choose the mode' });

    it('is open already, and filled when its words come', async () => {
      const acted = await press();
      expect(acted).toMatchObject({ ok: true, view: { title: { text: 'Failure mode' }, submit: null } });
      release();
      await world.until(() => world.modal('ana')?.submit?.text === 'Confirm', 'the modal is filled');
    });

    it('says so when they never come', async () => {
      world.standIn.faults.add({ method: 'views.update', kind: 'http500' });
      expect((await press()).ok).toBe(true);
      release();
      await world.hears('ana', 'This could not be filled.');
    });
  });

  it('goes on after a restart: what was open is answered by the new process', async () => {
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([planned('reversible', 3)]);
    await world.refresh();
    await world.press('ben', 'Review & sign', world.signOff('Sign the reversal').ts);
    await world.restart();
    expect((await world.fill('ben', {})).view).toBeNull();
    expect(Object.values(world.state.signOffs)).toMatchObject([{ status: 'decided' }]);
  });
});

describe('set-up', () => {
  it('a Socket Mode app is made from an app token and needs no door', () => {
    const evidence = {
      loadPlan: async () => Promise.reject(new Error()),
      loadAnalysis: async () => Promise.reject(new Error()),
    };
    const app = createSlackApp({
      signingSecret: '',
      botToken: 'xoxb-1',
      appToken: 'xapp-1',
      log: silent,
      people: PeopleConfig.parse({}),
      evidence,
      incidents: {} as never,
      store: {} as never,
    });
    const answer = { writeHead: (status: number) => ({ end: () => void (seen = status) }) };
    let seen = 0;
    app.handle({ method: 'POST', url: SLACK_PATH } as never, answer as never);
    expect(seen).toBe(404);
  });

  it('the manifest names what the listeners hear, and a scope for each method that is called', async () => {
    const Manifest = z.object({
      features: z.object({
        shortcuts: z.array(z.object({ type: z.string(), callback_id: z.string() })),
        slash_commands: z.array(z.object({ command: z.string() })),
      }),
      oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
      settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
    });
    const manifest = Manifest.parse(parse(await readFile('deploy/slack-manifest.yaml', 'utf8')));
    expect(manifest.features.slash_commands).toEqual([{ command: COMMAND }]);
    expect(manifest.features.shortcuts.map((one) => one.callback_id)).toEqual([
      REPORT_SHORTCUT,
      REPORT_SHORTCUT,
    ]);
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(['app_home_opened']);
    expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual(Object.keys(SCOPES).toSorted());
    const world = await startWorld({ standIn: { scopes: manifest.oauth_config.scopes.bot } });
    world.analysed();
    await world.refresh();
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([planned('reversible', 12)]);
    await world.refresh();
    await world.person('ben').openHome();
    await world.press('ben', 'Review & sign', world.signOff('Sign the reversal').ts);
    await world.fill('ben', {});
    await world.hears('ben', 'Signed.');
    await world.person('ana').slash(COMMAND, 'list', CHANNELS.incidents);
    await world.notify.refreshApprovers({ incidentId: world.incidentId, agent: 'loan-agent' });
    const { calls } = world.standIn.state;
    expect(calls.filter(({ error }) => error !== null)).toEqual([]);
    expect(calls.every(({ method }) => method in METHODS)).toBe(true);
    await world.close();
  });
});
