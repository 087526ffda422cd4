import { createChannelPost } from '../../src/compose/channel-post.ts';
import { createSlackClient } from '../../src/slack/client.ts';

/** One post to the address given, in a process of its own: jest's sandbox hides why a connection failed. */
const [, , slackApiUrl] = process.argv;
const post = createChannelPost(createSlackClient({ botToken: 'xoxb-0123456789', slackApiUrl }));
const { status } = await post({ channel: 'C012INCIDENTS', text: 'x', key: 'k' });
process.stdout.write(`${status}\n`);
