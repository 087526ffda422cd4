import { CHANNELS } from '../../src/embedded/slack/sample-workspace.ts';
import { planned } from './support/samples.ts';
import { startWorld, type World } from './support/world.ts';

/** Slack says 429 in the middle: the person sees an error or an answer, nothing counts twice, and the next press works. */
describe('a rate limit in the middle', () => {
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
  const limit = (method: string) => world.standIn.faults.add({ method, kind: 'ratelimit', retryAfterS: 1 });

  it('of views.open shows an error; the next press opens', async () => {
    limit('views.open');
    expect((await world.press('ana', 'More')).ok).toBe(false);
    await world.more('ana', 'Add a note');
    expect((await world.fill('ana', { text: 'Seen.' })).view).toBeNull();
    expect(world.state.notes).toBe(1);
  });

  it('of views.push shows an error; the sheet below stays', async () => {
    await world.press('ana', 'More');
    limit('views.push');
    expect((await world.press('ana', 'Add a note')).ok).toBe(false);
    expect(world.modal('ana')?.title?.text).toBe('More');
    await world.press('ana', 'Add a note');
    expect(world.modal('ana')?.submit?.text).toBe('Add');
  });

  it('of views.update shows an error, and the modal can be closed and opened again', async () => {
    limit('views.update');
    expect((await world.press('ana', 'More')).ok).toBe(false);
    await world.person('ana').closeView(world.modal('ana')!.id);
    await world.press('ana', 'More');
    expect(world.reads('ana')).toContain('Add a note');
  });

  it('of auth.test shows an error, and the next press counts', async () => {
    limit('auth.test');
    expect((await world.press('ana', 'Acknowledge')).ok).toBe(false);
    expect(world.state.acknowledgedAt).toBeNull();
    await world.press('ana', 'Acknowledge');
    expect(world.state.acknowledgedAt).not.toBeNull();
  });

  it.each(['users.info', 'usergroups.users.list'])(
    'of %s decides nothing, says so, and the next press counts',
    async (method) => {
      limit(method);
      await world.press('ana', 'Acknowledge');
      await world.hears('ana', 'Slack could not say who you are, so nothing was done.');
      expect(world.state.acknowledgedAt).toBeNull();
      await world.press('ana', 'Acknowledge');
      expect(world.state.acknowledgedAt).not.toBeNull();
    },
  );

  it('of views.publish leaves Home to the next refresh', async () => {
    limit('views.publish');
    await world.person('ana').openHome();
    await world.until(() => world.standIn.state.workspace.homes !== undefined, 'tried');
    await world.person('ana').openHome();
    const { homes } = world.standIn.state.workspace;
    expect(Object.keys(homes)).toHaveLength(1);
  });

  it('of chat.getPermalink leaves the link out of a report and of the card, and nothing else', async () => {
    limit('chat.getPermalink');
    const message = world.person('ben').say(CHANNELS.incidents, 'The agent mails nonsense.');
    await world.person('ana').messageShortcut('holdpoint_report', CHANNELS.incidents, message.ts);
    expect(world.modal('ana')?.title?.text).toBe('Report an agent');
  });

  it.each(['files.getUploadURLExternal', 'files.completeUploadExternal'])(
    'of %s is obeyed, and the list is shared once',
    async (method) => {
      await world.press('ana', 'Confirm: tool misfire, step 7');
      world.mapped([planned('reversible', 60)]);
      limit(method);
      await expect(world.refresh()).rejects.toMatchObject({ type: 'SlackRateLimited' });
      await world.refresh();
      await world.refresh();
      const files = Object.values(world.standIn.state.workspace.files);
      expect(files.filter(({ completed }) => completed)).toHaveLength(1);
    },
  );

  it('of the search for a lost message posts nothing before it was searched', async () => {
    await world.press('ana', 'Confirm: tool misfire, step 7');
    world.mapped([planned('reversible', 3)]);
    world.standIn.faults.add({ method: 'chat.postMessage', kind: 'drop_answer' });
    await expect(world.refresh()).rejects.toMatchObject({ type: 'SlackUnavailable' });
    limit('conversations.history');
    await expect(world.refresh()).rejects.toMatchObject({ type: 'SlackRateLimited' });
    await world.refresh();
    const posted = world.messages().filter(({ text }) => text.includes('Sign the reversal'));
    expect(posted).toHaveLength(1);
  });
});
