import { lateRefusals } from '../../src/store/late-refusals.ts';
import type { LateRefusal } from '../../src/workflows/messages.ts';
import { refusal } from '../../src/domain/incident/refusal.ts';
import { ALL_SCOPES } from '../../src/embedded/slack/api/methods.ts';
import { CHANNELS, PEOPLE } from '../../src/embedded/slack/sample-workspace.ts';
import { planned } from './support/samples.ts';
import { actor, startWorld, type World, type WorldOptions } from './support/world.ts';

const MINUTE = 60_000;

describe('what Slack shows of an incident', () => {
  let world: World;
  const start = async (options: WorldOptions = {}) => {
    world = await startWorld(options);
    world.analysed();
  };
  afterEach(async () => {
    expect(world.standIn.state.violations).toEqual([]);
    await world.close();
  });
  const posted = () =>
    world.standIn.state.calls.filter(({ method, ok }) => method === 'chat.postMessage' && ok);
  const updated = () => world.standIn.state.calls.filter(({ method }) => method === 'chat.update');
  const cards = () =>
    world.messages().filter(({ blocks }) => JSON.stringify(blocks).includes('"block_id":"card"'));
  const asked = async (kind: 'reversible' | 'irreversible' = 'reversible', count = 3) => {
    await world.refresh();
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([planned(kind, count)]);
    await world.refresh();
  };
  /** The seq of the newest event of a type. */
  const seqOf = async (type: string): Promise<number> => {
    const found = (await world.store.audit.events(world.incidentId)).findLast((event) => event.type === type);
    if (!found) throw new Error(`no event ${type}`);
    return found.seq;
  };
  const notice = async (type: string) =>
    await world.notify.sendNotice({ incidentId: world.incidentId, seq: await seqOf(type) });

  describe('the card', () => {
    it('is one message, updated only when it says something else', async () => {
      const at = Date.now();
      await start({ now: () => at });
      await world.refresh();
      await world.refresh();
      await world.press('ana', 'Acknowledge');
      await world.refresh();
      expect(posted()).toHaveLength(1);
      expect(updated()).toHaveLength(1);
      expect(cards()).toHaveLength(1);
    });

    it('waits for the projection to have the event', async () => {
      await start();
      const order = { incidentId: world.incidentId, seq: world.state.seq + 1 };
      await expect(world.notify.refreshCard(order)).rejects.toMatchObject({
        type: 'ProjectionBehind',
        nonRetryable: false,
      });
      expect(posted()).toEqual([]);
    });

    it('whose posting took effect without an answer is found again, not posted twice', async () => {
      await start();
      world.standIn.faults.add({ method: 'chat.postMessage', kind: 'drop_answer' });
      await expect(world.refresh()).rejects.toMatchObject({ type: 'SlackUnavailable' });
      expect(cards()).toHaveLength(1);
      await world.refresh();
      expect(cards()).toHaveLength(1);
      await world.press('ana', 'Acknowledge');
      await world.refresh();
      expect(JSON.stringify(cards()[0]?.blocks)).not.toContain('*not acknowledged*');
    });

    it('whose posting had no effect is posted by the next try', async () => {
      await start();
      world.standIn.faults.add({ method: 'chat.postMessage', kind: 'http500' });
      await expect(world.refresh()).rejects.toMatchObject({ type: 'SlackUnavailable' });
      await world.refresh();
      expect(cards()).toHaveLength(1);
    });

    it('that somebody deleted is posted again when there is something new to say', async () => {
      await start();
      await world.refresh();
      const { workspace } = world.standIn.state;
      workspace.messages = workspace.messages.filter(({ ts }) => ts !== world.card().ts);
      world.joined('session-0999');
      await world.refresh();
      expect(cards()).toHaveLength(1);
    });

    it('of an archived channel says what to do, and is posted when it is there again', async () => {
      await start();
      const channel = world.standIn.state.workspace.channels.find(({ id }) => id === CHANNELS.incidents);
      if (!channel) throw new Error('no channel');
      channel.archived = true;
      await expect(world.refresh()).rejects.toMatchObject({
        type: 'SlackMisconfigured',
        message: expect.stringContaining('Unarchive the channel'),
        nextRetryDelay: MINUTE,
      });
      channel.archived = false;
      await world.refresh();
      expect(cards()).toHaveLength(1);
    });

    it.each(['chat.postMessage', 'chat.update'])(
      'obeys Retry-After when %s is rate limited',
      async (method) => {
        await start();
        if (method === 'chat.update') {
          await world.refresh();
          await world.press('ana', 'Acknowledge');
        }
        world.standIn.faults.add({ method, kind: 'ratelimit', retryAfterS: 7 });
        await expect(world.refresh()).rejects.toMatchObject({
          type: 'SlackRateLimited',
          nextRetryDelay: 7_000,
        });
        await world.refresh();
        expect(cards()).toHaveLength(1);
        if (method === 'chat.update') expect(JSON.stringify(cards()[0]?.blocks)).toContain('acknowledged');
      },
    );
  });

  describe('a sign-off message', () => {
    it('is one a request, and frozen when it is decided', async () => {
      await start();
      await asked();
      await world.refresh();
      expect(
        world.messages().filter(({ blocks }) => JSON.stringify(blocks).includes('"block_id":"sign_off"')),
      ).toHaveLength(1);
      await world.press('ben', 'Review & sign', world.signOff('Sign the reversal').ts);
      await world.fill('ben', {});
      await world.refresh();
      const decided = world.signOff('Decided');
      expect(JSON.stringify(decided.blocks)).toContain('3 authorised');
      expect(JSON.stringify(decided.blocks)).not.toContain('"type":"button"');
    });

    it('names those who may sign, and nobody else', async () => {
      await start();
      await asked();
      const text = JSON.stringify(world.signOff('Sign the reversal').blocks);
      for (const id of [PEOPLE.ana, PEOPLE.ben, PEOPLE.chidi]) expect(text).toContain(`<@${id}>`);
      expect(text).not.toContain(`<@${PEOPLE.dana}>`);
    });

    it('stands in the thread and in the channel where the configuration wants that', async () => {
      await start({ signOffsIn: 'thread' });
      await asked();
      expect(world.signOff('Sign the reversal')).toMatchObject({
        threadTs: world.card().ts,
        broadcast: true,
      });
    });

    it('says that the list cannot be read, is tried again, and then shows it', async () => {
      await start();
      await asked();
      const kept = new Map(world.plans);
      world.plans.clear();
      world.approvers([PEOPLE.ben, PEOPLE.chidi]);
      await expect(world.refresh()).rejects.toThrow('could not be read');
      expect(JSON.stringify(world.signOff('Sign the reversal').blocks)).toContain('nobody should sign');
      for (const [uri, plan] of kept) world.plans.set(uri, plan);
      await world.refresh();
      expect(JSON.stringify(world.signOff('Sign the reversal').blocks)).toContain('APP-0001');
    });
  });

  describe('a channel of its own', () => {
    const rooms = () => world.standIn.state.workspace.channels.filter(({ name }) => name.startsWith('inc-'));
    const inRoom = () =>
      world.standIn.state.workspace.messages.filter(({ channel }) => channel === rooms()[0]?.id);

    it('is made once, the on-call is in it, and sign-offs and notices stand there', async () => {
      await start({ room: 'channel' });
      await asked();
      await world.refresh();
      expect(rooms()).toMatchObject([
        { name: 'inc-loan-agent-9f86d081884c-1', members: expect.arrayContaining([PEOPLE.ana]) },
      ]);
      await notice('incidentOpened');
      const said = inRoom().map(({ text }) => text);
      expect(said[0]).toContain('The card of this incident');
      expect(said.join(' ')).toMatch(/Sign the reversal.*An incident has opened/);
      expect(JSON.stringify(world.card().blocks)).toContain(`<#${rooms()[0]?.id}>`);
      expect(world.messages()).toHaveLength(1);
    });

    const roomOf = async () => await world.store.documents.get('slack_room', world.incidentId);
    const lost = async () => {
      world.standIn.faults.add({ method: 'conversations.create', kind: 'drop_answer' });
      await expect(world.refresh()).rejects.toMatchObject({ type: 'SlackUnavailable' });
      await world.refresh();
    };

    it('of a try whose answer was lost is found by its name and used', async () => {
      await start({ room: 'channel' });
      await lost();
      expect(rooms().map(({ name }) => name)).toEqual(['inc-loan-agent-9f86d081884c-1']);
      expect(await roomOf()).toEqual({ channel: rooms()[0]?.id });
      expect(inRoom()).toHaveLength(1);
    });

    it('leaves alone what somebody else made under that name', async () => {
      await start({ room: 'channel' });
      const name = 'inc-loan-agent-9f86d081884c-1';
      const theirs = { id: 'C0THEIRS000', name, kind: 'public' as const, topic: '', archived: false };
      world.standIn.state.workspace.channels.push({ ...theirs, members: [PEOPLE.ben], createdAtMs: 0 });
      await world.refresh();
      expect(rooms().map((room) => room.name)).toEqual([name, `${name}-2`]);
      expect(await roomOf()).toEqual({ channel: rooms()[1]?.id });
    });

    it('takes the next name where the token may not list channels', async () => {
      const scopes = ALL_SCOPES.filter((scope) => !/^(channels|groups|im|mpim):read$/.test(scope));
      await start({ room: 'channel', standIn: { scopes } });
      await lost();
      expect(await roomOf()).toEqual({ channel: rooms()[1]?.id });
    });

    it('without the scope for it is the thread of the card', async () => {
      const scopes = ALL_SCOPES.filter((scope) => !['channels:manage', 'groups:write'].includes(scope));
      await start({ room: 'channel', standIn: { scopes } });
      await world.refresh();
      await world.refresh();
      await notice('incidentOpened');
      expect(rooms()).toEqual([]);
      expect(world.messages().at(-1)).toMatchObject({ threadTs: world.card().ts });
      expect(
        world.standIn.state.calls.filter(({ method }) => method === 'conversations.create'),
      ).toHaveLength(1);
    });
  });

  describe('the whole list', () => {
    const files = () =>
      Object.values(world.standIn.state.workspace.files).filter(({ completed }) => completed);
    const text = () => Buffer.from(files()[0]?.content ?? '', 'base64').toString('utf8');

    it.each([60, 1_000])('of %i actions stands below the message as one file, verbatim', async (count) => {
      await start();
      await asked('reversible', count);
      await world.refresh();
      expect(files()).toHaveLength(1);
      const posted = world.messages().find((message) => message.files.includes(files()[0]?.id ?? ''));
      expect(posted?.threadTs).toBe(world.signOff('Sign the reversal').ts);
      expect(text()).toContain(`set_application_status({"application":"APP-${count}","status":"pending"})`);
      expect(text().match(/^\d+\. APP-/gm)).toHaveLength(count);
    });

    it('is found again when the answer to its upload was lost', async () => {
      await start();
      world.standIn.faults.add({ method: 'files.completeUploadExternal', kind: 'drop_answer' });
      await expect(asked('reversible', 60)).rejects.toMatchObject({ type: 'SlackUnavailable' });
      await world.refresh();
      await world.refresh();
      expect(files()).toHaveLength(1);
    });

    it('is left out without the scope for it, and the message stands', async () => {
      await start({ standIn: { scopes: ALL_SCOPES.filter((scope) => scope !== 'files:write') } });
      await asked('reversible', 60);
      await world.refresh();
      expect(files()).toEqual([]);
      expect(JSON.stringify(world.signOff('Sign the reversal').blocks)).toContain('and 50 more actions');
    });

    it('of ten actions is the message itself', async () => {
      await start();
      await asked('reversible', 10);
      expect(files()).toEqual([]);
    });
  });

  describe('a notice', () => {
    it('of an opening pages the on-call at once, and is said once however often it is tried', async () => {
      await start();
      await world.refresh();
      await notice('incidentOpened');
      await notice('incidentOpened');
      expect(new Set(world.pages.map(({ to }) => to))).toEqual(new Set(['primary']));
      expect(world.messages().filter(({ text }) => text.includes('An incident has opened.'))).toMatchObject([
        { text: expect.stringContaining(`<@${PEOPLE.ana}>`), threadTs: world.card().ts, broadcast: true },
      ]);
    });

    it('reaches the pager when Slack is down, and Slack when the pager is down', async () => {
      await start();
      world.standIn.faults.add({ method: 'chat.postMessage', kind: 'http500' });
      await expect(notice('incidentOpened')).rejects.toMatchObject({ type: 'SlackUnavailable' });
      expect(world.pages).toHaveLength(1);
      await world.close();
      await start();
      world.pagerFails = true;
      await expect(notice('incidentOpened')).rejects.toThrow();
      expect(world.messages().filter(({ text }) => text.includes('An incident has opened.'))).toHaveLength(1);
    });

    it('wakes nobody twice when it is tried again because of Slack', async () => {
      await start();
      for (let i = 0; i < 3; i += 1) {
        world.standIn.faults.add({ method: 'chat.postMessage', kind: 'http500' });
        await expect(notice('incidentOpened')).rejects.toMatchObject({ type: 'SlackUnavailable' });
      }
      await notice('incidentOpened');
      expect(world.pages).toHaveLength(1);
    });

    it('wakes nobody any more when it was held up until somebody had acknowledged', async () => {
      await start();
      await world.refresh();
      await world.press('ben', 'Acknowledge');
      await notice('incidentOpened');
      await notice('acknowledged');
      expect(world.pages).toEqual([]);
      expect(world.messages().at(-1)?.text).toContain('acknowledged; nobody else is paged');
    });

    const ended = async () => {
      await world.more('ana', 'Dismiss: false alarm');
      await world.fill('ana', { reason: 'A test alert.' });
      await world.refresh();
      await world.press('ben', 'Agree to the ending');
      await world.fill('ben', {});
    };

    it('takes every page off people when somebody acknowledges, and again when it has ended, once each', async () => {
      await start();
      await world.refresh();
      await notice('incidentOpened');
      world.incidents.nowMs = () => world.state.openedAt + 5 * MINUTE;
      world.engine({ type: 'tick' });
      await notice('pageEscalated');
      expect(world.settledPages).toEqual([]);
      const pages = [await seqOf('incidentOpened'), await seqOf('pageEscalated')];
      await world.press('ben', 'Acknowledge');
      world.pagerFails = true;
      await expect(notice('acknowledged')).rejects.toThrow('the pager does not answer');
      world.pagerFails = false;
      await notice('acknowledged');
      await notice('acknowledged');
      expect(world.settledPages).toEqual(pages.map((seq) => `acknowledge ${seq}`));
      await ended();
      await notice('incidentEnded');
      expect(world.settledPages.slice(2)).toEqual(pages.map((seq) => `resolve ${seq}`));
    });

    it('of an agent that goes on pages the on-call at once, acknowledged or not', async () => {
      await start();
      await world.refresh();
      await world.press('ana', 'Acknowledge');
      const targetId = Object.keys(world.state.targets)[0] ?? '';
      const evidence = 'It began a step after its stop.';
      world.engine({ type: 'reportContainment', targetId, status: 'awaiting_person', evidence });
      await notice('containmentReported');
      expect(world.pages).toMatchObject([
        { to: 'primary', text: expect.stringContaining('The agent is not known to be stopped.') },
      ]);
    });

    it('of evidence that is not sealed is the card at first, and a page once half of the time is gone', async () => {
      await start();
      await world.refresh();
      world.joinedUnsealed('session-0999');
      for (const percentOfDeadline of [1, 50, 80]) {
        const words = { sessionId: 'session-0999', percentOfDeadline, reason: 'Langfuse answered 503' };
        world.engine({ type: 'reportSealTrouble', ...words });
        await world.refresh();
        await notice('sealTroubled');
        expect(JSON.stringify(world.card().blocks)).toContain(`${percentOfDeadline} % of the time`);
      }
      expect(world.pages.map(({ to, text }) => [to, /(\d+) % of the time/.exec(text)?.[1]])).toEqual([
        ['primary', '50'],
        ['primary', '80'],
      ]);
    });

    it('takes off a page that went out just when somebody acknowledged', async () => {
      await start();
      await world.refresh();
      world.whilePaging = () => {
        const by = {
          kind: 'person' as const,
          id: actor(PEOPLE.ben),
          roles: ['responder' as const],
          via: 'slack' as const,
          verifiedBy: 'slack-signature' as const,
          proof: null,
        };
        void world.incidents.send(world.incidentId, { type: 'acknowledge', id: 'meanwhile' }, by);
      };
      await notice('incidentOpened');
      expect(world.settledPages).toEqual([`acknowledge ${await seqOf('incidentOpened')}`]);
    });

    it('says which page is the last one', async () => {
      await start();
      await world.refresh();
      const { policy, openedAt } = world.state;
      world.incidents.nowMs = () => openedAt + 24 * 60 * MINUTE;
      for (let i = 0; i < 3 * (policy.pageRounds ?? 0); i += 1) world.engine({ type: 'tick' });
      await notice('pageEscalated');
      expect(world.messages().at(-1)?.text).toContain('This is the last page: nobody is paged after it.');
      expect(world.pages.at(-1)?.to).toBe('manager');
    });

    it('that was given up stands on the card with what Slack answered', async () => {
      await start();
      const because = 'channel_not_found: Set slack.channel to a channel that exists.';
      world.engine({ type: 'reportNoticeLost', about: 1, what: 'pageEscalated', because });
      await world.refresh();
      const card = JSON.stringify(world.card().blocks);
      expect(card).toContain('NOT DELIVERED');
      expect(card).toContain('a page');
      expect(card).toContain(because);
    });

    it('follows a request nobody answers: reminder, secondary, manager, open again', async () => {
      await start();
      await asked();
      const { openedAt } = Object.values(world.state.signOffs)[0]!;
      const at = (minutes: number) => {
        world.incidents.nowMs = () => openedAt + minutes * MINUTE + 1_000;
        world.engine({ type: 'tick' });
      };
      const last = () => world.messages().at(-1)?.text ?? '';
      at(10);
      await notice('signOffReminded');
      expect(last()).toContain(`<@${PEOPLE.ben}>`);
      at(20);
      await notice('signOffEscalated');
      expect(last()).toContain(`<@${PEOPLE.ben}>`);
      at(40);
      await notice('signOffEscalated');
      expect(last()).toContain(`<@${PEOPLE.chidi}>`);
      at(60);
      await notice('signOffExpired');
      expect(last()).toMatch(/Nothing runs\. The request is open again, round 2/);
      expect(last()).not.toMatch(/declined/);
      expect(world.pages.map(({ to }) => to)).toEqual(['secondary', 'manager']);
    });

    it('of a breach has status, open items and a link, and nothing of the trace', async () => {
      await start();
      await world.refresh();
      world.incidents.nowMs = () => world.state.openedAt + 48 * 60 * MINUTE + 1_000;
      for (let i = 0; i < 10 && world.state.breachedAt === null; i += 1) world.engine({ type: 'tick' });
      await notice('distributionBreached');
      const said = `${world.messages().at(-1)?.text} ${world.pages.at(-1)?.text}`;
      expect(world.pages.at(-1)?.to).toBe('manager');
      expect(said).toContain('Open: Fault origin, exact step, Failure mode');
      expect(said).toContain('http://127.0.0.1:8080/incidents/');
      for (const word of ['gross_income', 'session-0231', 'field that no validated session'])
        expect(said).not.toContain(word);
    });

    it('of an unreachable quorum names how many are missing', async () => {
      await start();
      world.approvers([PEOPLE.ben]);
      await world.refresh();
      await notice('quorumUnreachable');
      expect(world.messages().at(-1)?.text).toContain('2 people must sign what is irreversible; only 1 may.');
    });

    it('is silent about what the card says already', async () => {
      await start();
      await world.refresh();
      const before = world.messages().length;
      await notice('sessionSealed');
      expect(world.messages()).toHaveLength(before);
    });

    it('is said in the channel when the card is gone', async () => {
      await start();
      await world.refresh();
      const { workspace } = world.standIn.state;
      workspace.messages = [];
      await notice('incidentOpened');
      expect(world.messages()).toMatchObject([{ threadTs: null }]);
    });
  });

  const late: LateRefusal = {
    to: {
      kind: 'person',
      id: actor(PEOPLE.ben),
      roles: [],
      via: 'slack',
      verifiedBy: 'slack-signature',
      proof: 'click 1',
    },
    commandType: 'signReversal',
    refusal: refusal('plan-changed'),
  };

  it('the refusal of a pending click that may have been told before a crash is told as such', async () => {
    await start();
    const order = { incidentId: world.incidentId, late };
    world.standIn.faults.add({ method: 'chat.postMessage', kind: 'drop_answer' });
    await expect(world.notify.sendRefusal(order)).rejects.toThrow();
    await world.notify.sendRefusal(order);
    await world.notify.sendRefusal(order);
    expect(world.told('ben')).toEqual([
      expect.stringMatching(/The plan has changed since you saw it\.(?!.*told this already)/),
      expect.stringMatching(/The plan has changed since you saw it\..*You may have been told this already/),
    ]);
  });

  it('the refusal of a pending click that Slack did not take is told once, as for the first time', async () => {
    await start();
    world.standIn.faults.add({ method: 'chat.postMessage', kind: 'ratelimit', retryAfterS: 1 });
    await expect(world.notify.sendRefusal({ incidentId: world.incidentId, late })).rejects.toThrow();
    await world.notify.sendRefusal({ incidentId: world.incidentId, late });
    expect(world.told('ben')).toEqual([expect.not.stringContaining('told this already')]);
  });

  it('the refusal of a pending click reaches its giver alone, once', async () => {
    await start();
    await world.notify.sendRefusal({ incidentId: world.incidentId, late });
    await world.notify.sendRefusal({ incidentId: world.incidentId, late });
    expect(world.told('ben')).toEqual([expect.stringContaining('The plan has changed since you saw it.')]);
    expect(world.told('ana')).toEqual([]);
    await world.notify.sendRefusal({
      incidentId: world.incidentId,
      late: { ...late, to: { ...late.to, id: 'oidc:zoe' } },
    });
    expect(world.messages()).toEqual([]);
    const kept = await lateRefusals(world.store.documents, world.incidentId, 'oidc:zoe', 0);
    expect(kept).toMatchObject([
      { commandType: 'signReversal', sentence: 'The plan has changed since you saw it.' },
    ]);
  });
});
