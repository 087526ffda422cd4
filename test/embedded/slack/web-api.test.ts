import {
  CHANNELS,
  OTHER_TEAM_ID,
  PEOPLE,
  TEAM_ID,
  USER_GROUPS,
} from '../../../src/embedded/slack/sample-workspace.ts';
import { BOT_TOKEN, clientFor, refusal, startPair } from './bolt-app.ts';
import type { Pair } from './bolt-app.ts';

const { incidents, random } = CHANNELS;

describe('the Web API, through Slack’s own client', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await startPair();
  });
  afterEach(async () => await pair.close());

  const raw = async (method: string, init: RequestInit) => {
    const response = await fetch(`${pair.standIn.apiUrl}${method}`, { method: 'POST', ...init });
    return (await response.json()) as Record<string, unknown>;
  };

  it('says who the token belongs to and which scopes it has', async () => {
    const answer = await pair.client.auth.test();
    expect(answer).toMatchObject({
      ok: true,
      user_id: PEOPLE.bot,
      team_id: TEAM_ID,
      bot_id: 'B0HOLDPOINT',
    });
    expect(answer.response_metadata?.scopes).toContain('chat:write');
  });

  it('refuses no token, a wrong token and a token without the scope', async () => {
    expect(await raw('auth.test', {})).toMatchObject({ ok: false, error: 'not_authed' });
    expect((await refusal(clientFor(pair.standIn, 'xoxb-other').auth.test())).error).toBe('invalid_auth');
    const narrow = await startPair({ scopes: ['chat:write'] });
    try {
      const call = narrow.client.users.info({ user: PEOPLE.ana });
      await expect(call).rejects.toMatchObject({ data: { error: 'missing_scope', needed: 'users:read' } });
    } finally {
      await narrow.close();
    }
  });

  it('takes JSON as well as forms', async () => {
    const answer = await raw('chat.postMessage', {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${BOT_TOKEN}` },
      body: JSON.stringify({ channel: incidents, text: 'hello', blocks: [{ type: 'divider' }] }),
    });
    expect(answer).toMatchObject({
      ok: true,
      channel: incidents,
      message: { blocks: [{ type: 'divider' }] },
    });
  });

  it('knows only our methods and keeps a record of any other', async () => {
    const { error } = await refusal(pair.client.apiCall('chat.scheduleMessage', { channel: incidents }));
    expect(error).toBe('unknown_method');
    expect(pair.standIn.state.violations).toEqual(['unknown method chat.scheduleMessage']);
  });

  it('never records a token', async () => {
    await pair.client.chat.postMessage({ channel: incidents, text: 'x', token: BOT_TOKEN });
    expect(JSON.stringify(pair.standIn.state)).not.toContain(BOT_TOKEN);
  });

  it('says where blocks are wrong', async () => {
    const { client } = pair;
    const blocks = [
      { type: 'header' as const, text: { type: 'plain_text' as const, text: 'x'.repeat(151) } },
    ];
    expect(await refusal(client.chat.postMessage({ channel: incidents, text: 'x', blocks }))).toEqual({
      error: 'invalid_blocks',
      messages: ['[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]'],
    });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['no text', () => pair.client.chat.postMessage({ channel: incidents, text: '' }), 'no_text'],
    [
      'a text above 40,000',
      () => pair.client.chat.postMessage({ channel: incidents, text: 'x'.repeat(40_001) }),
      'msg_too_long',
    ],
    [
      'a channel that does not exist',
      () => pair.client.chat.postMessage({ channel: 'C0NOWHERE', text: 'x' }),
      'channel_not_found',
    ],
    [
      'a channel the app is not in',
      () => pair.client.chat.postMessage({ channel: random, text: 'x' }),
      'not_in_channel',
    ],
    [
      'a thread that does not exist',
      () => pair.client.chat.postMessage({ channel: incidents, text: 'x', thread_ts: '1.000001' }),
      'thread_not_found',
    ],
    [
      'an update of nothing',
      () => pair.client.chat.update({ channel: incidents, ts: '1.000001', text: 'x' }),
      'message_not_found',
    ],
    [
      'deleting nothing',
      () => pair.client.chat.delete({ channel: incidents, ts: '1.000001' }),
      'message_not_found',
    ],
    [
      'an ephemeral message to somebody who is not there',
      () => pair.client.chat.postEphemeral({ channel: CHANNELS.onCall, user: PEOPLE.eve, text: 'x' }),
      'user_not_in_channel',
    ],
    ['a person who does not exist', () => pair.client.users.info({ user: 'U0NOBODY' }), 'user_not_found'],
    [
      'a conversation with somebody deactivated',
      () => pair.client.conversations.open({ users: PEOPLE.former }),
      'user_disabled',
    ],
    [
      'a conversation with the bot',
      () => pair.client.conversations.open({ users: PEOPLE.bot }),
      'cannot_dm_bot',
    ],
    [
      'a channel name that is taken',
      () => pair.client.conversations.create({ name: 'incidents' }),
      'name_taken',
    ],
    [
      'a channel name with capitals',
      () => pair.client.conversations.create({ name: 'Inc 1' }),
      'invalid_name_specials',
    ],
    [
      'a channel name of 81 characters',
      () => pair.client.conversations.create({ name: 'x'.repeat(81) }),
      'invalid_name_maxlength',
    ],
    [
      'a user group that does not exist',
      () => pair.client.usergroups.users.list({ usergroup: 'S0NONE' }),
      'no_such_subteam',
    ],
  ])('refuses %s', async (_, call, error) => {
    expect((await refusal(call())).error).toBe(error);
  });

  it('updates its own messages only, within 4,000 bytes, and keeps blocks that are not sent', async () => {
    const { client, standIn } = pair;
    const { ts = '' } = await client.chat.postMessage({
      channel: incidents,
      text: 'one',
      blocks: [{ type: 'divider', block_id: 'd' }],
    });
    await client.chat.update({ channel: incidents, ts, text: 'two' });
    expect(standIn.state.workspace.messages[0]).toMatchObject({ text: 'two', blocks: [{ block_id: 'd' }] });
    await client.chat.update({ channel: incidents, ts, text: 'three', blocks: [] });
    expect(standIn.state.workspace.messages[0]).toMatchObject({ text: 'three', blocks: [] });
    const tooLong = client.chat.update({ channel: incidents, ts, text: 'é'.repeat(2_001) });
    expect((await refusal(tooLong)).error).toBe('msg_too_long');
    const said = standIn.person(PEOPLE.ana).say(incidents, 'by a person');
    const foreign = client.chat.update({ channel: incidents, ts: said.ts, text: 'x' });
    expect((await refusal(foreign)).error).toBe('cant_update_message');
    standIn.admin.deleteMessage(incidents, ts);
    expect((await refusal(client.chat.update({ channel: incidents, ts, text: 'x' }))).error).toBe(
      'message_not_found',
    );
  });

  it('reaches nobody who was deactivated', async () => {
    const { client, standIn } = pair;
    const { channel = '' } = await client.chat.postMessage({ channel: PEOPLE.ben, text: 'Dear Ben' });
    expect(channel).toMatch(/^D/);
    standIn.admin.deactivate(PEOPLE.ben);
    const calls = [
      client.chat.postMessage({ channel, text: 'x' }),
      client.chat.postMessage({ channel: PEOPLE.ben, text: 'x' }),
      client.chat.postEphemeral({ channel: incidents, user: PEOPLE.ben, text: 'x' }),
    ].map(refusal);
    expect((await Promise.all(calls)).map(({ error }) => error)).toEqual([
      'channel_not_found',
      'channel_not_found',
      'user_not_in_channel',
    ]);
  });

  it('keeps archived channels closed', async () => {
    const { client, standIn } = pair;
    const { ts = '' } = await client.chat.postMessage({ channel: incidents, text: 'x' });
    standIn.admin.archive(incidents);
    const answers = [
      client.chat.postMessage({ channel: incidents, text: 'x' }),
      client.conversations.join({ channel: incidents }),
      client.chat.update({ channel: incidents, ts, text: 'y' }),
    ].map(refusal);
    expect((await Promise.all(answers)).map(({ error }) => error)).toEqual([
      'is_archived',
      'is_archived',
      'is_inactive',
    ]);
  });

  it('makes, joins and lists channels page by page', async () => {
    const { client } = pair;
    await client.conversations.join({ channel: random });
    await client.chat.postMessage({ channel: '#random', text: 'now we are in' });
    const { channel } = await client.conversations.create({ name: 'inc-1', is_private: true });
    expect(channel).toMatchObject({ name: 'inc-1', is_private: true, is_member: true });
    const names: (string | undefined)[] = [];
    const types = 'public_channel,private_channel';
    for await (const page of client.paginate('conversations.list', { types, limit: 2 })) {
      const { channels = [] } = page as { channels?: { name?: string }[] };
      names.push(...channels.map(({ name }) => name));
    }
    expect(names).toEqual(['incidents', 'platform', 'on-call', 'random', 'inc-1']);
    const { members } = await client.conversations.members({ channel: CHANNELS.onCall });
    expect(members).toEqual([PEOPLE.ana, PEOPLE.ben, PEOPLE.chidi, PEOPLE.bot]);
  });

  it('keeps threads together and ephemeral messages out of the history', async () => {
    const { client } = pair;
    const { ts = '' } = await client.chat.postMessage({ channel: incidents, text: 'first' });
    const reply = await client.chat.postMessage({ channel: incidents, text: 'reply', thread_ts: ts });
    await client.chat.postMessage({ channel: incidents, text: 'to the reply', thread_ts: reply.ts ?? '' });
    await client.chat.postEphemeral({ channel: incidents, user: PEOPLE.ana, text: 'psst' });
    const replies = await client.conversations.replies({ channel: incidents, ts });
    expect(replies.messages?.map(({ text }) => text)).toEqual(['first', 'reply', 'to the reply']);
    const history = await client.conversations.history({ channel: incidents });
    expect(history.messages).toMatchObject([{ text: 'first', reply_count: 2 }]);
  });

  it('gives every message another ts and a link to it', async () => {
    const { client, standIn } = pair;
    const posts = Array.from({ length: 30 }, () =>
      client.chat.postMessage({ channel: incidents, text: 'x' }),
    );
    const ids = (await Promise.all(posts)).map(({ ts }) => ts ?? '');
    expect(new Set(ids).size).toBe(30);
    const { permalink = '' } = await client.chat.getPermalink({
      channel: incidents,
      message_ts: ids[0] ?? '',
    });
    expect(permalink).toBe(`${standIn.url}/archives/${incidents}/p${ids[0]?.replace('.', '')}`);
    const page = await fetch(permalink, { redirect: 'manual' });
    expect(page.headers.get('location')).toBe(`/#place=${incidents}&message=${ids[0]}`);
  });

  it('tells people, bots, guests, strangers and the deactivated apart', async () => {
    const { members = [] } = await pair.client.users.list({});
    const of = (id: string) => members.find((member) => member.id === id);
    expect(of(PEOPLE.former)).toMatchObject({ deleted: true });
    expect(of(PEOPLE.guest)).toMatchObject({ is_restricted: true });
    expect(of(PEOPLE.bot)).toMatchObject({ is_bot: true });
    expect(of(PEOPLE.stranger)).toMatchObject({ team_id: OTHER_TEAM_ID, is_stranger: true });
    expect(of(PEOPLE.ana)).toMatchObject({ team_id: TEAM_ID, deleted: false, is_restricted: false });
  });

  it('leaves a deactivated person out of a user group', async () => {
    const { client, standIn } = pair;
    const usergroup = USER_GROUPS.incidentApprovers;
    expect((await client.usergroups.users.list({ usergroup })).users).toEqual([
      PEOPLE.ana,
      PEOPLE.ben,
      PEOPLE.chidi,
    ]);
    standIn.admin.deactivate(PEOPLE.ben);
    expect((await client.usergroups.users.list({ usergroup })).users).toEqual([PEOPLE.ana, PEOPLE.chidi]);
    const { usergroups } = await client.usergroups.list({ include_users: true });
    expect(usergroups).toMatchObject([{ handle: 'incident-approvers' }]);
  });

  it('pins once and reacts once', async () => {
    const { client } = pair;
    const { ts: timestamp = '' } = await client.chat.postMessage({ channel: incidents, text: 'x' });
    const place = { channel: incidents, timestamp };
    await client.pins.add(place);
    await client.reactions.add({ ...place, name: 'eyes' });
    expect((await refusal(client.pins.add(place))).error).toBe('already_pinned');
    expect((await refusal(client.reactions.add({ ...place, name: 'eyes' }))).error).toBe('already_reacted');
  });

  it('takes files as Slack’s client uploads them, and nothing half-sent', async () => {
    const { client, standIn } = pair;
    await client.filesUploadV2({
      channel_id: incidents,
      content: 'action,target\nsend_letter,A-1\n',
      filename: 'actions.csv',
      title: 'All 60 actions',
      initial_comment: 'The whole list',
    });
    const [message] = standIn.state.workspace.messages;
    const file = standIn.state.workspace.files[message?.files[0] ?? ''];
    expect(message?.text).toBe('The whole list');
    expect(Buffer.from(file?.content ?? '', 'base64').toString()).toContain('send_letter,A-1');
    const { upload_url: url = '', file_id: id = '' } = await client.files.getUploadURLExternal({
      filename: 'x.txt',
      length: 4,
    });
    expect((await fetch(url, { method: 'POST', body: 'longer than four' })).status).toBe(400);
    const early = client.files.completeUploadExternal({ files: [{ id, title: 'x' }] });
    expect((await refusal(early)).error).toBe('file_not_found');
  });

  it('slows down who calls more often than Slack allows', async () => {
    let nowMs = Date.now();
    const strict = await startPair({ rateLimits: 'slack', now: () => nowMs });
    try {
      const call = () => strict.client.usergroups.users.list({ usergroup: USER_GROUPS.incidentApprovers });
      await Promise.all(Array.from({ length: 20 }, call));
      nowMs += 15_000;
      await expect(call()).rejects.toMatchObject({ code: 'slack_webapi_rate_limited_error', retryAfter: 45 });
      nowMs += 45_000;
      expect(await call()).toMatchObject({ ok: true });
    } finally {
      await strict.close();
    }
  });
});
