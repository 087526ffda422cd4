import { PEOPLE, TEAM_ID } from '../../../src/embedded/slack/sample-workspace.ts';
import { slackSignature } from '../../../src/embedded/slack/people/deliver.ts';
import { actionId, clickNames } from '../../../src/slack/action-ids.ts';
import { formId, formNames } from '../../../src/slack/form-ids.ts';
import { startWorld, type World } from '../support/world.ts';

/** No button and no form of ours is dead: each is heard, and what it is about need not exist any more. */
describe('every listener', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  const user = { id: PEOPLE.ana, team_id: TEAM_ID };
  const team = { id: TEAM_ID, domain: 'sample' };

  async function post(payload: object): Promise<{ status: number; body: string }> {
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const time = Math.floor(Date.now() / 1_000);
    const response = await fetch(world.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(time),
        'x-slack-signature': slackSignature('a-signing-secret', time, body),
      },
      body,
    });
    return { status: response.status, body: await response.text() };
  }

  it.each(clickNames.filter((name) => name !== 'sign_page'))('hears the button %s', async (name) => {
    const trigger = world.standIn.state.workspace;
    const before = Object.keys(trigger.views).length;
    const action = {
      action_id: actionId(name),
      block_id: 'card',
      action_ts: '1.0',
      value: 'of an old version',
    };
    const { status } = await post({
      type: 'block_actions',
      user,
      team,
      api_app_id: 'A0',
      token: 'x',
      trigger_id: `none.${name}`,
      container: { type: 'message', channel_id: 'C0INCIDENTS', message_ts: '1.0' },
      actions: [{ ...action, type: 'button' }],
    });
    expect([200, 500]).toContain(status);
    expect(Object.keys(trigger.views)).toHaveLength(before);
    expect(world.incidents.given).toEqual([]);
  });

  it.each(formNames.filter((name) => !['checklist', 'more'].includes(name)))(
    'answers the form %s, also one of an older version',
    async (name) => {
      const view = {
        id: 'V1',
        hash: '1.a',
        type: 'modal',
        team_id: TEAM_ID,
        callback_id: formId(name),
        private_metadata: '{"incidentId":"loan-agent-0-1","of":"an older version"}',
        blocks: [{ type: 'input', block_id: 'reason' }],
        state: { values: {} },
      };
      const { status, body } = await post({
        type: 'view_submission',
        user,
        team,
        api_app_id: 'A0',
        token: 'x',
        trigger_id: '1.1',
        view,
      });
      expect(status).toBe(200);
      expect(JSON.parse(body)).toMatchObject({
        response_action: 'errors',
        errors: { reason: expect.stringContaining('older version') },
      });
      expect(world.incidents.given).toEqual([]);
    },
  );

  it('does not answer what is not ours', async () => {
    const { status } = await post({
      type: 'block_actions',
      user,
      team,
      token: 'x',
      trigger_id: '1.1',
      container: { type: 'message' },
      actions: [{ action_id: 'somebody.elses', block_id: 'b', action_ts: '1.0', type: 'button' }],
    });
    expect(status).toBe(404);
  });
});
