import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { slackSignature } from '../../../src/embedded/slack/people/deliver.ts';
import { CHANNELS, PEOPLE } from '../../../src/embedded/slack/sample-workspace.ts';
import { SIGNING_SECRET, startPair } from './bolt-app.ts';
import type { Pair } from './bolt-app.ts';

const { incidents } = CHANNELS;
const blocks = [
  {
    type: 'actions' as const,
    block_id: 'b',
    elements: [
      {
        type: 'button' as const,
        action_id: 'go',
        text: { type: 'plain_text' as const, text: 'Go' },
        value: 'v1',
      },
      {
        type: 'static_select' as const,
        action_id: 'sev',
        options: ['SEV1', 'SEV2'].map((text) => ({
          text: { type: 'plain_text' as const, text },
          value: text,
        })),
      },
    ],
  },
];

/** Waits until something holds, at most five seconds. */
async function until(holds: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > deadlineMs) throw new Error('It did not come about within five seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('requests to a real Bolt app', () => {
  const pairs: Pair[] = [];
  const start = async (options: Parameters<typeof startPair>[0] = {}): Promise<Pair> => {
    const pair = await startPair(options);
    pairs.push(pair);
    return pair;
  };
  afterEach(async () => {
    await Promise.all(pairs.splice(0).map(async (pair) => await pair.close()));
  });

  async function posted(pair: Pair): Promise<string> {
    const { ts = '' } = await pair.client.chat.postMessage({ channel: incidents, text: 'x', blocks });
    return ts;
  }

  it('are refused by an app with another secret, and the person sees an error', async () => {
    const pair = await start({ appSecret: 'another-secret' });
    const acted = await pair.standIn.person(PEOPLE.ana).click(incidents, await posted(pair), 'go');
    expect(acted).toMatchObject({ ok: false, delivery: { status: 401, error: 'http_client_error' } });
    expect(pair.standIn.state.workspace.toasts).toMatchObject([{ userId: PEOPLE.ana }]);
    expect(await pair.standIn.verifyRequestUrl()).toBe(false);
  });

  it('pass the check of the app’s address', async () => {
    const { standIn } = await start();
    expect(await standIn.verifyRequestUrl()).toBe(true);
  });

  it('carry what Slack sends for a click', async () => {
    const pair = await start();
    const bodies: object[] = [];
    pair.app.action('go', async ({ ack, body, respond }) => {
      bodies.push(body);
      await ack();
      await respond({ text: 'only you' });
    });
    const ts = await posted(pair);
    await pair.standIn.person(PEOPLE.stranger).click(incidents, ts, { label: 'Go' });
    expect(bodies).toMatchObject([
      {
        type: 'block_actions',
        api_app_id: 'A0HOLDPOINT',
        user: { id: PEOPLE.stranger, team_id: 'T0ELSEWHERE' },
        team: { id: 'T0HOLDPOINT' },
        channel: { id: incidents, name: 'incidents' },
        container: { type: 'message', message_ts: ts, channel_id: incidents },
        message: { ts, blocks: [{ block_id: 'b' }] },
        actions: [{ action_id: 'go', block_id: 'b', value: 'v1', type: 'button' }],
        state: { values: { b: { sev: { type: 'static_select', selected_option: null } } } },
      },
    ]);
    const said = pair.standIn.state.workspace.messages.at(-1);
    expect(said).toMatchObject({ text: 'only you', ephemeralFor: PEOPLE.stranger });
  });

  it('carry what was picked before in the same message', async () => {
    const pair = await start();
    const states: unknown[] = [];
    pair.app.action(/go|sev/, async ({ ack, body }) => {
      if (body.type === 'block_actions')
        states.push(body.state?.values['b']?.['sev']?.selected_option?.value);
      await ack();
    });
    const ts = await posted(pair);
    const ana = pair.standIn.person(PEOPLE.ana);
    await ana.select(incidents, ts, 'sev', 'SEV2');
    await ana.click(incidents, ts, 'go');
    await pair.standIn.person(PEOPLE.ben).click(incidents, ts, 'go');
    expect(states).toEqual(['SEV2', 'SEV2', undefined]);
  });

  it('come from slash commands, shortcuts and message shortcuts', async () => {
    const pair = await start({ commands: ['/incident'] });
    const heard: string[] = [];
    pair.app.command('/incident', async ({ ack, command }) => {
      heard.push(`${command.command} ${command.text} ${command.user_id}`);
      await ack({ response_type: 'in_channel', text: 'listed' });
    });
    pair.app.shortcut('report', async ({ ack, shortcut }) => {
      heard.push(shortcut.type === 'message_action' ? `message ${shortcut.message_ts}` : shortcut.type);
      await ack();
    });
    const eve = pair.standIn.person(PEOPLE.eve);
    const ts = await posted(pair);
    await eve.slash('/incident', 'list mine', incidents);
    await eve.shortcut('report');
    await eve.messageShortcut('report', incidents, ts);
    expect(await eve.slash('/other', '', incidents)).toMatchObject({ ok: false, delivery: null });
    expect(heard).toEqual([`/incident list mine ${PEOPLE.eve}`, 'shortcut', `message ${ts}`]);
    const { messages, toasts } = pair.standIn.state.workspace;
    expect(messages.at(-1)).toMatchObject({ text: 'listed', ephemeralFor: null });
    expect(toasts.at(-1)?.text).toBe('/other is not a valid command.');
  });

  it('are never sent again when they are interactions, and time out', async () => {
    const pair = await start({ ackTimeoutMs: 60, eventRetryDelaysMs: [1, 1, 1] });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    pair.app.action('go', async ({ ack }) => {
      await held;
      await ack();
    });
    pair.app.command('/incident', async () => {
      await held;
      throw new Error('broken');
    });
    const ts = await posted(pair);
    const ana = pair.standIn.person(PEOPLE.ana);
    const clicked = await ana.click(incidents, ts, 'go');
    expect(clicked.delivery).toMatchObject({ status: null, error: 'operation_timeout' });
    expect(clicked.delivery?.latencyMs).toBeGreaterThanOrEqual(55);
    await ana.slash('/incident', '', incidents);
    release();
    expect(pair.standIn.state.workspace.toasts.map(({ text }) => text)).toEqual([
      'We had some trouble connecting. Try again? (operation_timeout)',
      '/incident failed with the error "operation_timeout"',
    ]);
    expect(pair.standIn.state.deliveries.map(({ kind, attempt }) => [kind, attempt])).toEqual([
      ['block_actions', 1],
      ['slash_command', 1],
    ]);
  });

  it('show an error when the app throws', async () => {
    const pair = await start();
    pair.app.action('go', async () => await Promise.reject(new Error('Temporal is away')));
    const clicked = await pair.standIn.person(PEOPLE.ana).click(incidents, await posted(pair), 'go');
    expect(clicked.delivery).toMatchObject({ status: 500, error: 'http_service_error' });
  });

  it('are events sent again until the app answers 200', async () => {
    const pair = await start({ eventRetryDelaysMs: [1, 1, 1] });
    const events: string[] = [];
    pair.app.event('app_home_opened', async ({ body }) => {
      events.push(body.event_id);
      if (events.length < 3) await Promise.reject(new Error('not yet'));
    });
    await pair.standIn.person(PEOPLE.ana).openHome();
    await until(() => pair.standIn.state.deliveries.at(-1)?.status === 200);
    expect(new Set(events).size).toBe(1);
    expect(pair.standIn.state.deliveries.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 500],
      [2, 500],
      [3, 200],
    ]);
  });

  it('arrive twice or late when a fault says so', async () => {
    const pair = await start({ ackTimeoutMs: 2_000 });
    const clicks: string[] = [];
    pair.app.action('go', async ({ ack, body }) => {
      if ('trigger_id' in body) clicks.push(body.trigger_id);
      await ack();
    });
    const ts = await posted(pair);
    const ana = pair.standIn.person(PEOPLE.ana);
    pair.standIn.faults.add({ deliver: 'duplicate' });
    await ana.click(incidents, ts, 'go');
    expect(clicks).toHaveLength(2);
    expect(clicks[0]).toBe(clicks[1]);
    pair.standIn.faults.add({ deliver: 'late', delayMs: 2_500 });
    expect((await ana.click(incidents, ts, 'go')).delivery?.error).toBe('operation_timeout');
    expect(clicks).toHaveLength(2);
    await until(() => clicks.length === 3);
  });

  it('cannot come from people who could not click', async () => {
    const { standIn, client } = await start();
    const { ts = '' } = await client.chat.postMessage({ channel: CHANNELS.onCall, text: 'x', blocks });
    const on = CHANNELS.onCall;
    await expect(standIn.person(PEOPLE.eve).click(on, ts, 'go')).rejects.toThrow('is in no channel');
    await expect(standIn.person(PEOPLE.former).click(on, ts, 'go')).rejects.toThrow('is deactivated');
    await expect(standIn.person(PEOPLE.bot).click(on, ts, 'go')).rejects.toThrow('is a bot');
    await expect(standIn.person(PEOPLE.ana).click(on, ts, 'gone')).rejects.toThrow('there: b/go "Go"');
    await expect(standIn.person(PEOPLE.ana).click(on, ts, 'sev')).rejects.toThrow('is a static_select');
    standIn.admin.deleteMessage(on, ts);
    await expect(standIn.person(PEOPLE.ana).click(on, ts, 'go')).rejects.toThrow('sees no message');
  });
});

describe('the request itself', () => {
  let server: Server;
  const requests: { headers: IncomingMessage['headers']; body: string }[] = [];
  let url: string;

  beforeEach(async () => {
    requests.length = 0;
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        requests.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/slack/events`;
  });
  afterEach(() => server.close());

  it('is signed over the exact bytes and has the content type that Slack’s has', async () => {
    const pair = await startPair();
    try {
      pair.standIn.setRequestUrl(url);
      await pair.standIn.person(PEOPLE.ana).shortcut('report “ü”');
      const [request] = requests;
      const timestampS = Number(request?.headers['x-slack-request-timestamp']);
      expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
      expect(request?.headers['x-slack-signature']).toBe(
        slackSignature(SIGNING_SECRET, timestampS, request?.body ?? ''),
      );
      expect(Math.abs(timestampS - Date.now() / 1_000)).toBeLessThan(5);
      const payload: unknown = JSON.parse(new URLSearchParams(request?.body).get('payload') ?? '');
      expect(payload).toMatchObject({ type: 'shortcut', callback_id: 'report “ü”' });
    } finally {
      await pair.close();
    }
  });

  it('says the number and reason when an event is sent again', async () => {
    const pair = await startPair({ eventRetryDelaysMs: [1] });
    try {
      server.removeAllListeners('request');
      server.on('request', (request, response) => {
        requests.push({ headers: request.headers, body: '' });
        response.writeHead(requests.length === 1 ? 503 : 200).end();
      });
      pair.standIn.setRequestUrl(url);
      await pair.standIn.person(PEOPLE.ana).openHome();
      await until(() => requests.length === 2);
      expect(requests[0]?.headers['x-slack-retry-num']).toBeUndefined();
      expect(requests[1]?.headers).toMatchObject({
        'x-slack-retry-num': '1',
        'x-slack-retry-reason': 'http_error',
        'content-type': 'application/json',
      });
    } finally {
      await pair.close();
    }
  });
});
