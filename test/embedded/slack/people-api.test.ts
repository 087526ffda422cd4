import { request } from 'node:http';
import { CHANNELS, PEOPLE } from '../../../src/embedded/slack/sample-workspace.ts';
import { startPair } from './bolt-app.ts';
import type { Pair } from './bolt-app.ts';

const { incidents } = CHANNELS;
const plain = (text: string) => ({ type: 'plain_text' as const, text });

describe('acting as a person over HTTP', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await startPair();
    pair.app.action('go', async ({ ack, body, client }) => {
      if (!('trigger_id' in body)) throw new Error('no trigger');
      await client.views.open({
        trigger_id: body.trigger_id,
        view: {
          type: 'modal',
          callback_id: 'm',
          private_metadata: 'secret-metadata',
          title: plain('Sign off'),
          submit: plain('Sign'),
          blocks: [
            {
              type: 'input',
              block_id: 'mode',
              label: plain('Failure mode'),
              element: {
                type: 'static_select',
                action_id: 'pick',
                options: ['Tool misfire', 'Cost runaway'].map((text) => ({
                  text: plain(text),
                  value: `secret-${text}`,
                })),
                initial_option: { text: plain('Cost runaway'), value: 'secret-Cost runaway' },
              },
            },
          ],
        },
      });
      await ack();
    });
  });
  afterEach(async () => await pair.close());

  const get = async (path: string) => {
    const response = await fetch(`${pair.standIn.url}/stand-in/people/${path}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const post = async (path: string, body: object) => {
    const response = await fetch(`${pair.standIn.url}/stand-in/people/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, ...((await response.json()) as Record<string, unknown>) };
  };

  async function card(): Promise<string> {
    const { ts = '' } = await pair.client.chat.postMessage({
      channel: incidents,
      text: 'card',
      blocks: [
        {
          type: 'actions',
          block_id: 'b',
          elements: [
            { type: 'button', action_id: 'go', text: plain('Review & sign'), value: 'secret-value' },
          ],
        },
      ],
      metadata: { event_type: 'secret-event', event_payload: {} },
    });
    return ts;
  }

  it('reads, clicks by label, fills by label and submits', async () => {
    const picked: unknown[] = [];
    pair.app.view('m', async ({ ack, view }) => {
      picked.push(view.state.values['mode']?.['pick']?.selected_option?.value);
      await ack();
    });
    const ts = await card();
    const clicked = await post(`${PEOPLE.ana}/click`, { channel: incidents, ts, label: 'Review & sign' });
    expect(clicked).toMatchObject({ ok: true, view: { title: 'Sign off', submit: 'Sign', close: 'Cancel' } });
    const { view } = (await get(`${PEOPLE.ana}/view`)) as { view: { id: string; values: unknown } };
    expect(view.values).toEqual({ mode: { pick: 'option:1' } });
    expect(await get(`${PEOPLE.ben}/view`)).toEqual({ view: null });
    const values = { 'Failure mode': 'Tool misfire' };
    expect(await post(`${PEOPLE.ana}/submit`, { view: view.id, values })).toMatchObject({
      ok: true,
      view: null,
    });
    expect(picked).toEqual(['secret-Tool misfire']);
  });

  it('shows a person what Slack shows them and nothing that only the app knows', async () => {
    const ts = await card();
    await pair.client.chat.postEphemeral({ channel: incidents, user: PEOPLE.ben, text: 'for Ben' });
    await pair.client.chat.postMessage({ channel: PEOPLE.ben, text: 'Dear Ben' });
    await pair.client.chat.postMessage({ channel: CHANNELS.onCall, text: 'not for Eve' });
    await post(`${PEOPLE.ben}/click`, { channel: incidents, ts, actionId: 'go' });
    const reads = ['channels', 'home', 'toasts', 'view', `messages?channel=${incidents}`];
    const seen = async (id: string) =>
      JSON.stringify(await Promise.all(reads.map((read) => get(`${id}/${read}`))));
    expect(await seen(PEOPLE.ben)).not.toContain('secret');
    expect(await seen(PEOPLE.ben)).toContain('for Ben');
    expect(await seen(PEOPLE.eve)).not.toContain('for Ben');
    expect(await get(`${PEOPLE.eve}/messages?channel=${CHANNELS.onCall}`)).toEqual({ messages: [] });
    const { channels } = await get(`${PEOPLE.eve}/channels`);
    expect(channels).toMatchObject([{ name: 'incidents' }, { name: 'platform' }, { name: 'random' }]);
  });

  it('gives files only to people of the channel they were shared in', async () => {
    await pair.client.filesUploadV2({ channel_id: CHANNELS.onCall, content: 'list', filename: 'a.csv' });
    const fileId = pair.standIn.state.workspace.messages[0]?.files[0] ?? '';
    const of = async (id: string) => await fetch(`${pair.standIn.url}/stand-in/people/${id}/files/${fileId}`);
    const forAna = await of(PEOPLE.ana);
    expect([forAna.status, await forAna.text()]).toEqual([200, 'list']);
    expect(forAna.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''a.csv");
    expect((await of(PEOPLE.eve)).status).toBe(404);
  });

  it('says what is wrong with a request', async () => {
    expect(await post('U0NOBODY/click', {})).toMatchObject({ status: 404 });
    expect(await post(`${PEOPLE.ana}/dance`, {})).toMatchObject({ status: 404 });
    expect(await post(`${PEOPLE.ana}/click`, { channel: incidents })).toMatchObject({ status: 400 });
    const gone = { channel: incidents, ts: '1.000001', actionId: 'go' };
    expect(await post(`${PEOPLE.ana}/click`, gone)).toMatchObject({
      status: 409,
      error: expect.stringContaining('sees no message'),
    });
  });

  it.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'http://evil.example' }],
    ['a null origin', { origin: 'null' }],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a rebound host name', { host: 'evil.example' }],
  ])('refuses %s', async (_, headers) => {
    const status = async (path: string, method: string) =>
      await new Promise<number | undefined>((resolve, reject) => {
        const call = request(
          `${pair.standIn.url}${path}`,
          { method, headers: { 'content-type': 'application/json', ...headers } },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        );
        call.on('error', reject);
        call.end(method === 'POST' ? '{}' : undefined);
      });
    expect(await status(`/stand-in/people/${PEOPLE.ana}/open-home`, 'POST')).toBe(403);
    expect(await status(`/stand-in/people/${PEOPLE.ana}/messages?channel=${incidents}`, 'GET')).toBe(403);
    expect(await status(`/stand-in/people/${PEOPLE.ana}/screen?place=home`, 'GET')).toBe(403);
    expect(pair.standIn.state.deliveries).toEqual([]);
  });

  it('takes JSON only, so that no form of another page gets through', async () => {
    const response = await fetch(`${pair.standIn.url}/stand-in/people/${PEOPLE.ana}/open-home`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    });
    expect(response.status).toBe(415);
  });

  it('serves its page with a policy that runs nothing but its own script', async () => {
    const page = await fetch(pair.standIn.url);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'/,
    );
    expect(await page.text()).toContain('Slack stand-in – sample, not Slack');
    expect((await fetch(`${pair.standIn.url}/page/..%2Froutes.ts`)).status).toBe(404);
  });
});
