import type { ActionsBlock, ModalView } from '@slack/types';
import { CHANNELS, PEOPLE } from '../../../src/embedded/slack/sample-workspace.ts';
import { startPair } from './bolt-app.ts';
import type { Pair } from './bolt-app.ts';

describe('a click, a modal and its submission, through a real Bolt app', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await startPair();
  });
  afterEach(async () => await pair.close());

  const button: ActionsBlock = {
    type: 'actions',
    block_id: 'decide',
    elements: [
      {
        type: 'button',
        action_id: 'review',
        text: { type: 'plain_text', text: 'Review & sign' },
        value: 'r1',
      },
    ],
  };

  const modal = (title: string): ModalView => ({
    type: 'modal',
    callback_id: 'sign',
    private_metadata: 'r1',
    title: { type: 'plain_text', text: title },
    submit: { type: 'plain_text', text: 'Sign' },
    blocks: [
      {
        type: 'input',
        block_id: 'reason',
        label: { type: 'plain_text', text: 'Reason' },
        element: { type: 'plain_text_input', action_id: 'text', min_length: 3 },
      },
    ],
  });

  it('opens the modal, refuses an empty reason, shows the app’s errors, then closes', async () => {
    const { app, standIn, client } = pair;
    const reasons: unknown[] = [];
    app.action('review', async ({ ack, body, client: web }) => {
      if (!('trigger_id' in body)) throw new Error('no trigger');
      const opened = await web.views.open({ trigger_id: body.trigger_id, view: modal('Loading…') });
      await ack();
      await web.views.update({
        view_id: opened.view?.id ?? '',
        hash: opened.view?.hash ?? '',
        view: modal('Sign off'),
      });
    });
    app.view('sign', async ({ ack, view }) => {
      const reason = view.state.values['reason']?.['text']?.value;
      reasons.push([reason, view.private_metadata]);
      await ack(reason === 'no' ? { response_action: 'errors', errors: { reason: 'Say more' } } : undefined);
    });
    const { ts } = await client.chat.postMessage({
      channel: CHANNELS.incidents,
      text: 'Sign please',
      blocks: [button],
    });
    const ana = standIn.person(PEOPLE.ana);
    const clicked = await ana.click(CHANNELS.incidents, ts ?? '', 'review');
    expect(clicked).toMatchObject({ ok: true, view: { title: { text: 'Sign off' } } });
    const viewId = clicked.view?.id ?? '';
    expect((await ana.submitView(viewId)).errors).toEqual({ reason: 'Please complete this required field.' });
    expect((await ana.submitView(viewId, { reason: 'no' })).errors).toEqual({
      reason: 'Please enter at least 3 characters.',
    });
    expect(reasons).toEqual([]);
    expect((await ana.submitView(viewId, { reason: 'read it' })).view).toBeNull();
    expect(reasons).toEqual([['read it', 'r1']]);
    expect(standIn.state.violations).toEqual([]);
    expect(standIn.state.deliveries.map(({ kind, status }) => [kind, status])).toEqual([
      ['block_actions', 200],
      ['view_submission', 200],
    ]);
  });
});
