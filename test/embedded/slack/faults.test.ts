import { CHANNELS, PEOPLE } from '../../../src/embedded/slack/sample-workspace.ts';
import { clientFor, startPair } from './bolt-app.ts';
import type { Pair } from './bolt-app.ts';

const { incidents } = CHANNELS;

describe('faults of the Web API', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await startPair();
  });
  afterEach(async () => await pair.close());

  const post = (text: string) => pair.client.chat.postMessage({ channel: incidents, text });
  const texts = () => pair.standIn.state.workspace.messages.map((message) => message.text);

  it('answers 429 with Retry-After as often as asked, then as usual', async () => {
    pair.standIn.faults.add({ method: 'chat.postMessage', kind: 'ratelimit', times: 2, retryAfterS: 7 });
    await expect(post('a')).rejects.toMatchObject({ retryAfter: 7 });
    await pair.client.auth.test();
    await expect(post('b')).rejects.toMatchObject({ retryAfter: 7 });
    await post('c');
    expect(texts()).toEqual(['c']);
    expect(pair.standIn.faults.pending).toBe(0);
  });

  it('answers 500 to any method', async () => {
    pair.standIn.faults.add({ method: '*', kind: 'http500' });
    await expect(pair.client.auth.test()).rejects.toMatchObject({
      code: 'slack_webapi_http_error',
      statusCode: 500,
    });
    await pair.client.auth.test();
  });

  it('hangs without effect', async () => {
    pair.standIn.faults.add({ method: 'chat.postMessage', kind: 'hang' });
    const impatient = clientFor(pair.standIn, undefined, 80);
    await expect(impatient.chat.postMessage({ channel: incidents, text: 'a' })).rejects.toMatchObject({
      code: 'slack_webapi_request_error',
    });
    expect(texts()).toEqual([]);
  });

  it('takes effect and loses the answer', async () => {
    pair.standIn.faults.add({ method: 'chat.postMessage', kind: 'drop_answer' });
    await expect(post('a')).rejects.toMatchObject({ code: 'slack_webapi_request_error' });
    expect(texts()).toEqual(['a']);
    expect(pair.standIn.state.calls.at(-1)).toMatchObject({ method: 'chat.postMessage', ok: true });
  });
});

describe('a response_url', () => {
  let nowMs = Date.now();
  let pair: Pair;
  let responseUrl: string;
  beforeEach(async () => {
    pair = await startPair({ now: () => nowMs });
    pair.app.command('/incident', async ({ ack, command }) => {
      responseUrl = command.response_url;
      await ack();
    });
    await pair.standIn.person(PEOPLE.ana).slash('/incident', '', incidents);
  });
  afterEach(async () => await pair.close());

  const respond = async (body: object) => {
    const response = await fetch(responseUrl, { method: 'POST', body: JSON.stringify(body) });
    return [response.status, await response.text()];
  };

  it('works five times', async () => {
    for (let use = 0; use < 5; use += 1) expect(await respond({ text: `${use}` })).toEqual([200, 'ok']);
    expect(await respond({ text: '6' })).toEqual([404, 'used_url']);
  });

  it('works for thirty minutes', async () => {
    nowMs += 30 * 60_000;
    expect(await respond({ text: 'just in time' })).toEqual([200, 'ok']);
    nowMs += 1;
    expect(await respond({ text: 'late' })).toEqual([404, 'expired_url']);
  });

  it('checks blocks, and says so', async () => {
    expect(await respond({ text: 'x', blocks: [{ type: 'nonsense' }] })).toEqual([400, 'invalid_blocks']);
    expect(await respond({})).toEqual([400, 'no_text']);
  });

  it('replaces and deletes the message it belongs to', async () => {
    const { app, client, standIn } = pair;
    app.action('go', async ({ ack, body }) => {
      if (body.type === 'block_actions') responseUrl = body.response_url;
      await ack();
    });
    const { ts = '' } = await client.chat.postMessage({
      channel: incidents,
      text: 'before',
      blocks: [
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } }],
        },
      ],
    });
    await standIn.person(PEOPLE.ana).click(incidents, ts, 'go');
    expect(await respond({ text: 'after', replace_original: true })).toEqual([200, 'ok']);
    expect(standIn.state.workspace.messages.find((message) => message.ts === ts)).toMatchObject({
      text: 'after',
      blocks: [],
    });
    expect(await respond({ delete_original: true })).toEqual([200, 'ok']);
    expect(await respond({ text: 'again', replace_original: true })).toEqual([404, 'message_not_found']);
  });
});
