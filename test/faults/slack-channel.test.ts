import { join } from 'node:path';
import { createChannelPost } from '../../src/compose/channel-post.ts';
import { sampleWorkspace, CHANNELS } from '../../src/embedded/slack/sample-workspace.ts';
import { type SlackStandIn, startSlackStandIn } from '../../src/embedded/slack/stand-in.ts';
import { createSlackClient } from '../../src/slack/client.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { runFile } from '../support/processes.ts';

let slack: SlackStandIn;
beforeEach(async () => {
  slack = await startSlackStandIn({
    ...sampleWorkspace(),
    host: '127.0.0.1',
    signingSecret: 's'.repeat(32),
    botToken: 'xoxb-faults-0123456789',
    requestUrl: 'http://127.0.0.1:9/slack/events',
  });
});
afterEach(() => slack.close());

const order = { channel: CHANNELS.incidents, text: 'The postmortem.', key: 'postmortem:inc-1:v1:rcp:0' };
const postOf = (message: typeof order) =>
  createChannelPost(createSlackClient({ botToken: 'xoxb-faults-0123456789', slackApiUrl: slack.apiUrl }))(
    message,
  );
const post = () => postOf(order);
const inChannel = () =>
  slack.state.workspace.messages.filter(({ channel }) => channel === CHANNELS.incidents).length;

it('a title that calls everybody or fakes a link is text', async () => {
  const text = '<!channel> <https://evil.example|Approve> Q&A';
  await postOf({ ...order, text });
  expect(slack.state.workspace.messages.at(-1)?.text).toBe(
    '&lt;!channel&gt; &lt;https://evil.example|Approve&gt; Q&amp;A',
  );
});

it('429: not sent, and safe to try again', async () => {
  slack.faults.add({ method: 'chat.postMessage', kind: 'ratelimit', retryAfterS: 30 });
  expect(await post()).toMatchObject({ status: 'not_sent', id: null });
  expect(await post()).toMatchObject({ status: 'sent' });
  expect(inChannel()).toBe(1);
});

it('an answer lost after it was posted: found again by its key, posted once', async () => {
  slack.faults.add({ method: 'chat.postMessage', kind: 'drop_answer' });
  expect(await post()).toMatchObject({
    status: 'sent',
    words: 'found again',
    id: expect.stringContaining(':'),
  });
  expect(inChannel()).toBe(1);
});

it('500: not found, so uncertain and for a person', async () => {
  slack.faults.add({ method: 'chat.postMessage', kind: 'http500' });
  expect(await post()).toMatchObject({ status: 'uncertain', id: null });
});

it('hangs: given up by itself, not found, so uncertain and for a person', async () => {
  slack.faults.add({ method: 'chat.postMessage', kind: 'hang' });
  expect(await post()).toMatchObject({ status: 'uncertain', id: null });
});

it('an answer lost, and nobody to ask: uncertain', async () => {
  slack.faults.add({ method: 'chat.postMessage', kind: 'drop_answer' });
  slack.faults.add({ method: 'conversations.history', kind: 'http500' });
  expect(await post()).toMatchObject({ status: 'uncertain' });
});

it('nobody listens: not sent, so that it is tried again by itself', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}/api/`;
  const child = runFile(join(__dirname, 'slack-unreachable.child.ts'), [nowhere]);
  expect(await child.line()).toBe('not_sent');
  expect(await child.ended).toBe(0);
});
