import type { ModalView } from '@slack/types';
import { CHANNELS, PEOPLE } from '../../../src/embedded/slack/sample-workspace.ts';
import { refusal, startPair } from './bolt-app.ts';
import type { Pair } from './bolt-app.ts';

const { incidents } = CHANNELS;
const plain = (text: string) => ({ type: 'plain_text' as const, text });

function modal(title: string, more: Partial<ModalView> = {}): ModalView {
  return {
    type: 'modal',
    callback_id: 'm',
    title: plain(title),
    submit: plain('Go'),
    blocks: [
      {
        type: 'input',
        block_id: 'reason',
        label: plain('Reason'),
        element: { type: 'plain_text_input', action_id: 'text' },
      },
      {
        type: 'actions',
        block_id: 'more',
        elements: [{ type: 'button', action_id: 'deeper', text: plain('Deeper') }],
      },
    ],
    ...more,
  };
}

describe('modals and the Home tab', () => {
  let pair: Pair;
  let nowMs: number;
  const triggers: string[] = [];

  beforeEach(async () => {
    nowMs = Date.now();
    triggers.length = 0;
    pair = await startPair({ now: () => nowMs });
    pair.app.action(/go|deeper/, async ({ ack, body }) => {
      if ('trigger_id' in body) triggers.push(body.trigger_id);
      await ack();
    });
  });
  afterEach(async () => await pair.close());

  /** A fresh trigger from a click of Ana's, in the modal on top when she has one. */
  async function trigger(): Promise<string> {
    const ana = pair.standIn.person(PEOPLE.ana);
    const stack = pair.standIn.state.workspace.stacks[PEOPLE.ana] ?? [];
    const top = stack.at(-1);
    if (top !== undefined) await ana.clickInView(top, 'deeper');
    else {
      const { ts = '' } = await pair.client.chat.postMessage({
        channel: incidents,
        text: 'x',
        blocks: [
          {
            type: 'actions',
            elements: [{ type: 'button', action_id: 'go', text: plain('Go'), value: 'v' }],
          },
        ],
      });
      await ana.click(incidents, ts, 'go');
    }
    return triggers.at(-1) ?? '';
  }

  it('opens once for a trigger, within three seconds', async () => {
    const { client } = pair;
    const used = await trigger();
    await client.views.open({ trigger_id: used, view: modal('One') });
    expect((await refusal(client.views.open({ trigger_id: used, view: modal('Two') }))).error).toBe(
      'exchanged_trigger_id',
    );
    const late = await trigger();
    nowMs += 3_001;
    expect((await refusal(client.views.open({ trigger_id: late, view: modal('Three') }))).error).toBe(
      'expired_trigger_id',
    );
    expect((await refusal(client.views.open({ trigger_id: 'nonsense', view: modal('x') }))).error).toBe(
      'invalid_trigger_id',
    );
    expect((await refusal(client.views.open({ trigger_id: '1.2.abc', view: modal('x') }))).error).toBe(
      'expired_trigger_id',
    );
  });

  it('does not use a trigger up for a modal it refuses', async () => {
    const { client } = pair;
    const id = await trigger();
    const wrong = client.views.open({ trigger_id: id, view: modal('x'.repeat(25)) });
    expect((await refusal(wrong)).messages).toContain(
      '[ERROR] must be less than 25 characters [json-pointer:/view/title/text]',
    );
    await client.views.open({ trigger_id: id, view: modal('Right') });
  });

  it('refuses an update with an old hash, and one of a modal that is closed', async () => {
    const { client, standIn } = pair;
    const { view } = await client.views.open({ trigger_id: await trigger(), view: modal('One') });
    const [id, hash] = [view?.id ?? '', view?.hash ?? ''];
    await client.views.update({ view_id: id, hash, view: modal('Two') });
    expect((await refusal(client.views.update({ view_id: id, hash, view: modal('Three') }))).error).toBe(
      'hash_conflict',
    );
    await client.views.update({ view_id: id, view: modal('Four') });
    await standIn.person(PEOPLE.ana).closeView(id);
    expect((await refusal(client.views.update({ view_id: id, view: modal('Five') }))).error).toBe(
      'not_found',
    );
  });

  it('stacks three modals and goes back one by one', async () => {
    const { client, standIn } = pair;
    const first = await client.views.open({ trigger_id: await trigger(), view: modal('1') });
    const second = await client.views.push({ trigger_id: await trigger(), view: modal('2') });
    expect(second.view).toMatchObject({ previous_view_id: first.view?.id, root_view_id: first.view?.id });
    const third = await client.views.push({ trigger_id: await trigger(), view: modal('3') });
    const fourth = client.views.push({ trigger_id: await trigger(), view: modal('4') });
    expect((await refusal(fourth)).error).toBe('push_limit_reached');
    const ana = standIn.person(PEOPLE.ana);
    await expect(ana.submitView(first.view?.id ?? '', { reason: 'x' })).rejects.toThrow('before them');
    expect((await ana.closeView(third.view?.id ?? '')).view?.title?.text).toBe('2');
    expect((await ana.closeView(second.view?.id ?? '', true)).view).toBeNull();
  });

  it('keeps what was entered over an update in fields of the same name', async () => {
    const { client, standIn } = pair;
    const { view } = await client.views.open({ trigger_id: await trigger(), view: modal('One') });
    const id = view?.id ?? '';
    await standIn.person(PEOPLE.ana).enter(id, { blockId: 'reason' }, 'half a sen');
    const same = await client.views.update({ view_id: id, view: modal('Two') });
    expect(same.view?.state).toMatchObject({ values: { reason: { text: { value: 'half a sen' } } } });
    const renamed = modal('Three', {
      blocks: [
        {
          type: 'input',
          block_id: 'reason-2',
          label: plain('Reason'),
          element: { type: 'plain_text_input', action_id: 'text', initial_value: 'fresh' },
        },
      ],
    });
    const other = await client.views.update({ view_id: id, view: renamed });
    expect(other.view?.state).toEqual({
      values: { 'reason-2': { text: { type: 'plain_text_input', value: 'fresh' } } },
    });
  });

  it('finds a modal by an external_id that nobody else has', async () => {
    const { client } = pair;
    await client.views.open({ trigger_id: await trigger(), view: modal('One', { external_id: 'inc-1' }) });
    await client.views.update({ external_id: 'inc-1', view: modal('Two', { external_id: 'inc-1' }) });
    const taken = client.views.push({
      trigger_id: await trigger(),
      view: modal('3', { external_id: 'inc-1' }),
    });
    expect((await refusal(taken)).error).toBe('duplicate_external_id');
  });

  it.each<[string, object, string | null]>([
    ['nothing', {}, null],
    ['update', { response_action: 'update', view: modal('Updated') }, 'Updated'],
    ['push', { response_action: 'push', view: modal('Pushed') }, 'Pushed'],
    ['clear', { response_action: 'clear' }, null],
    ['errors', { response_action: 'errors', errors: { reason: 'No' } }, 'One'],
  ])('does what the app answers to a submission: %s', async (_, answer, title) => {
    const { app, client, standIn } = pair;
    app.view(
      'm',
      async ({ ack }) => await ack(Object.keys(answer).length === 0 ? undefined : (answer as never)),
    );
    const { view } = await client.views.open({ trigger_id: await trigger(), view: modal('One') });
    const acted = await standIn.person(PEOPLE.ana).submitView(view?.id ?? '', { Reason: 'because' });
    expect(acted.view?.title?.text ?? null).toBe(title);
    expect(acted.errors).toEqual('errors' in answer ? answer.errors : {});
    expect(standIn.state.violations).toEqual([]);
  });

  it.each<[string, object]>([
    ['errors for a block that is no input', { response_action: 'errors', errors: { more: 'No' } }],
    ['a modal that breaks a limit', { response_action: 'update', view: modal('x'.repeat(25)) }],
    ['an unknown action', { response_action: 'reload' }],
  ])('shows the person trouble when the app answers %s', async (_, answer) => {
    const { app, client, standIn } = pair;
    app.view('m', async ({ ack }) => await ack(answer as never));
    const { view } = await client.views.open({ trigger_id: await trigger(), view: modal('One') });
    const acted = await standIn.person(PEOPLE.ana).submitView(view?.id ?? '', { reason: 'because' });
    expect(acted.view?.title?.text).toBe('One');
    expect(standIn.state.workspace.toasts).toMatchObject([
      { text: 'We had some trouble connecting. Try again?' },
    ]);
    expect(standIn.state.violations).toHaveLength(1);
  });

  it('tells the app of a closed modal only when it asked', async () => {
    const { app, client, standIn } = pair;
    const closed: unknown[] = [];
    app.view({ callback_id: 'm', type: 'view_closed' }, async ({ ack, body }) => {
      closed.push(body.type === 'view_closed' && body.is_cleared);
      await ack();
    });
    const ana = standIn.person(PEOPLE.ana);
    const quiet = await client.views.open({ trigger_id: await trigger(), view: modal('One') });
    await ana.closeView(quiet.view?.id ?? '');
    expect(closed).toEqual([]);
    const loud = await client.views.open({
      trigger_id: await trigger(),
      view: modal('Two', { notify_on_close: true }),
    });
    await ana.closeView(loud.view?.id ?? '', true);
    expect(closed).toEqual([true]);
  });

  it('publishes a Home tab and hears of clicks in it', async () => {
    const { app, client, standIn } = pair;
    app.event('app_home_opened', async ({ event, client: web }) => {
      await web.views.publish({
        user_id: event.user,
        view: {
          type: 'home',
          blocks: [
            {
              type: 'actions',
              block_id: 'b',
              elements: [{ type: 'button', action_id: 'go', text: plain('Go') }],
            },
          ],
        },
      });
    });
    const eve = standIn.person(PEOPLE.eve);
    expect(await eve.openHome()).toMatchObject({ ok: true });
    const home = standIn.state.workspace.homes[PEOPLE.eve] ?? '';
    expect(await eve.clickInView(home, 'go')).toMatchObject({ ok: true });
    const old = client.views.publish({
      user_id: PEOPLE.eve,
      hash: '1.1',
      view: { type: 'home', blocks: [] },
    });
    expect((await refusal(old)).error).toBe('hash_conflict');
  });
});
