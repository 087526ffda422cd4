import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHANNELS, PEOPLE } from '../../../src/embedded/slack/sample-workspace.ts';
import { startPair } from './bolt-app.ts';

const { incidents } = CHANNELS;

describe('a restart of the stand-in', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'stand-in-'));
  });
  afterEach(async () => await rm(dir, { recursive: true, force: true }));

  const button = {
    type: 'button' as const,
    action_id: 'go',
    text: { type: 'plain_text' as const, text: 'Go' },
  };
  const blocks = [{ type: 'actions' as const, block_id: 'b', elements: [button] }];

  it('keeps messages, modals with what was entered, Home, files and pins', async () => {
    const stateFile = join(dir, 'deep', 'slack.json');
    const first = await startPair({ stateFile });
    first.app.action('go', async ({ ack, body, client }) => {
      await ack();
      if (!('trigger_id' in body)) return;
      await client.views.open({
        trigger_id: body.trigger_id,
        view: {
          type: 'modal',
          callback_id: 'm',
          title: { type: 'plain_text', text: 'Kept' },
          submit: { type: 'plain_text', text: 'Go' },
          blocks: [
            {
              type: 'input',
              block_id: 'reason',
              label: { type: 'plain_text', text: 'Reason' },
              element: { type: 'plain_text_input', action_id: 'text' },
            },
          ],
        },
      });
    });
    const { ts = '' } = await first.client.chat.postMessage({ channel: incidents, text: 'kept', blocks });
    await first.client.pins.add({ channel: incidents, timestamp: ts });
    await first.client.filesUploadV2({ channel_id: incidents, content: 'abc', filename: 'a.txt' });
    await first.client.views.publish({ user_id: PEOPLE.ana, view: { type: 'home', blocks } });
    const clicked = await first.standIn.person(PEOPLE.ana).click(incidents, ts, 'go');
    await first.standIn.person(PEOPLE.ana).enter(clicked.view?.id ?? '', { label: 'Reason' }, 'half');
    first.standIn.admin.deactivate(PEOPLE.eve);
    const before = structuredClone(first.standIn.state.workspace);
    await first.close();

    const second = await startPair({ stateFile });
    try {
      expect(second.standIn.state.workspace).toEqual(before);
      const reasons: unknown[] = [];
      second.app.view('m', async ({ ack, view }) => {
        reasons.push(view.state.values['reason']?.['text']?.value);
        await ack();
      });
      await second.standIn.person(PEOPLE.ana).submitView(clicked.view?.id ?? '');
      expect(reasons).toEqual(['half']);
      const { ts: later = '' } = await second.client.chat.postMessage({ channel: incidents, text: 'later' });
      expect(Number(later)).toBeGreaterThan(Number(ts));
    } finally {
      await second.close();
    }
  });

  it('is survived by a change within 200 ms, without being closed', async () => {
    const stateFile = join(dir, 'slack.json');
    const pair = await startPair({ stateFile });
    try {
      await pair.client.chat.postMessage({ channel: incidents, text: 'on disk soon' });
      const deadlineMs = Date.now() + 2_000;
      let saved = '';
      while (!saved.includes('on disk soon') && Date.now() < deadlineMs) {
        saved = await readFile(stateFile, 'utf8').catch(() => '');
      }
      expect(saved).toContain('on disk soon');
    } finally {
      await pair.close();
    }
  });

  it('says what is wrong with a file that does not fit', async () => {
    const stateFile = join(dir, 'slack.json');
    await writeFile(stateFile, '{"format": 7}');
    await expect(startPair({ stateFile })).rejects.toThrow(
      /slack\.json does not fit at format.*Delete the file/,
    );
  });
});
