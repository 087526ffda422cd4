import { createHmac } from 'node:crypto';
import { NOW, SECRETS, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({});
});
afterAll(() => world.stop());

type Answer = { alerts: Record<string, unknown>[]; ignored: unknown[] };
const post = async (source: string, body: unknown, headers?: Record<string, string>) => {
  const auth = headers ? { headers } : { token: SECRETS.AGENT_KEY };
  const text = JSON.stringify(body);
  const { status, json } = await world.call(`/hooks/${source}`, { body: text, ...auth });
  return {
    status,
    json,
    alerts: (json as unknown as Answer).alerts ?? [],
    ignored: (json as unknown as Answer).ignored,
  };
};
const given = () => {
  const command = world.incidents.given.at(-1);
  return command?.type === 'receiveAlert' ? command : undefined;
};
const opened = () => world.incidents.states.size;

describe('Datadog', () => {
  const OWN = {
    body: '%%%\nThe decline rate is 100 %\n%%%',
    last_updated: '1767225600000',
    event_type: 'query_alert_monitor',
    title: '[Triggered on {agent:loan-agent}] Decline rate is 100 %',
    date: String(NOW - 60_000),
    org: { id: '1', name: 'Example' },
    id: '7412',
  };
  const OURS = {
    ...OWN,
    alert_transition: 'Triggered',
    alert_type: 'error',
    priority: 'P1',
    aggreg_key: '9bd4ac31',
    tags: 'team:loans,agent:loan-agent,session_id:s-dd-1,agent:other',
    link: 'https://app.datadoghq.com/event/event?id=7412',
  };

  test('its own payload opens an incident by the title, and says what it lacks', async () => {
    const { status, alerts } = await post('datadog', OWN);
    expect(status).toBe(202);
    expect(alerts[0]).toMatchObject({ opened: true, dedupRule: 'title' });
    expect(alerts[0]?.['warnings']).toEqual([
      expect.stringMatching(/^agent: missing; loan-agent was taken/),
      expect.stringMatching(/^sessionId: missing/),
      expect.stringMatching(/^dedupKey: missing/),
      expect.stringMatching(/^severity: missing/),
    ]);
    expect(given()?.alert).toMatchObject({ source: 'datadog', firedAtMs: NOW - 60_000 });
  });

  test('the payload of docs/connect.md gives session, severity and link', async () => {
    const { alerts } = await post('datadog', OURS);
    expect(alerts[0]).toMatchObject({ opened: true, dedupRule: 'session', dedupKey: 's-dd-1', warnings: [] });
    expect(given()?.alert).toMatchObject({
      sessionId: 's-dd-1',
      severity: 'sev1',
      url: 'https://app.datadoghq.com/event/event?id=7412',
    });
    const again = await post('datadog', OURS);
    expect(again.alerts[0]).toMatchObject({ incidentId: alerts[0]?.['incidentId'], opened: false });
  });

  test('joins by the aggregation key where no session is known', async () => {
    const body = { ...OURS, tags: 'agent:loan-agent', id: '1' };
    expect((await post('datadog', body)).alerts[0]).toMatchObject({
      dedupRule: 'dedup key',
      dedupKey: '9bd4ac31',
    });
    const next = await post('datadog', { ...body, id: '2', title: 'another title' });
    expect(next.alerts[0]).toMatchObject({ opened: false });
  });

  test('a variable without a value is no value', async () => {
    const body = {
      ...OURS,
      id: '3',
      aggreg_key: '$AGGREG_KEY',
      link: '$LINK',
      priority: '',
      tags: '$TAGS',
      alert_type: '',
    };
    const { alerts } = await post('datadog', body);
    expect(alerts[0]).toMatchObject({ dedupRule: 'title' });
    expect(given()?.alert).toMatchObject({ url: null, severity: 'sev2', sessionId: null });
  });

  test.each([
    ['by its transition', { alert_transition: 'Recovered' }],
    ['by its type', { alert_type: 'success', alert_transition: undefined }],
    [
      'by its title',
      { alert_transition: undefined, alert_type: undefined, title: '[Recovered] Decline rate' },
    ],
  ])('a recovery is known %s, and opens nothing', async (_, over) => {
    const before = opened();
    const { alerts, ignored } = await post('datadog', { ...OURS, tags: 'session_id:s-dd-9', ...over });
    expect(alerts).toEqual([]);
    expect(ignored).toEqual([
      { title: expect.any(String), because: expect.stringContaining('the symptom is over') },
    ]);
    expect(opened()).toBe(before);
  });

  test('a body without a title is refused by name', async () => {
    const { status, json } = await post('datadog', { body: 'x' });
    expect(status).toBe(422);
    expect(json).toMatchObject({ field: 'title', remedy: expect.stringContaining('$EVENT_TITLE') });
  });
});

describe('Langfuse', () => {
  const alertOf = (over: object = {}, more: object = {}) => ({
    id: '550e8400-e29b-41d4-a716-446655440000',
    timestamp: new Date(NOW - 30_000).toISOString(),
    type: 'monitor-alert',
    apiVersion: 'v1',
    payload: {
      monitorId: 'monitor_1',
      projectId: 'proj_1',
      permalink: 'https://cloud.langfuse.com/project/proj_1/monitors/monitor_1',
      message: { title: 'Faithfulness', body: 'average is 0.4 (threshold: 0.7) over the last 1 hour' },
      severity: 'ALERT',
      timestamp: new Date(NOW - 30_000).toISOString(),
      view: 'scores-numeric',
      filters: [],
      window: '3600000',
      ...over,
    },
    ...more,
  });

  test('an alert on a score opens an incident by its monitor, and a later one joins', async () => {
    const first = await post('langfuse', alertOf());
    expect(first.status).toBe(202);
    expect(first.alerts[0]).toMatchObject({ opened: true, dedupRule: 'dedup key', dedupKey: 'monitor_1' });
    expect(given()?.alert).toMatchObject({
      source: 'langfuse',
      title: 'Faithfulness: average is 0.4 (threshold: 0.7) over the last 1 hour',
      severity: 'sev2',
      firedAtMs: NOW - 30_000,
      url: 'https://cloud.langfuse.com/project/proj_1/monitors/monitor_1',
    });
    const next = await post('langfuse', alertOf({}, { id: 'another' }));
    expect(next.alerts[0]).toMatchObject({ incidentId: first.alerts[0]?.['incidentId'], opened: false });
  });

  test("takes session and agent from the alert's own conditions, where they fix one", async () => {
    const filters = [
      { column: 'sessionId', type: 'string', operator: '=', value: 's-lf-1' },
      { column: 'metadata', type: 'stringObject', key: 'agent', operator: '=', value: 'loan-agent' },
      { column: 'environment', type: 'stringOptions', operator: 'any of', value: ['a', 'b'] },
    ];
    const { alerts } = await post('langfuse', alertOf({ filters }, { id: 'filtered' }));
    expect(alerts[0]).toMatchObject({ dedupRule: 'session', dedupKey: 's-lf-1', warnings: [] });
  });

  test.each([
    ['a recovery', alertOf({ severity: 'OK' }), 'the symptom is over'],
    ['a changed prompt', alertOf({}, { type: 'prompt-version' }), 'Only monitor-alert'],
  ])('%s opens nothing, and is told so', async (_, body, because) => {
    const { status, alerts, ignored } = await post('langfuse', body);
    expect([status, alerts]).toEqual([202, []]);
    expect(ignored).toEqual([{ title: expect.any(String), because: expect.stringContaining(because) }]);
  });

  test('its signature counts, within five minutes and over this very body', async () => {
    const body = alertOf({}, { id: 'signed' });
    const time = String(Math.floor(NOW / 1000));
    const sign = (secret: string, at = time, key = 'v1') => ({
      'x-langfuse-signature': `t=${at},${key}=${createHmac('sha256', secret)
        .update(`${at}.${JSON.stringify(body)}`)
        .digest('hex')}`,
    });
    expect((await post('langfuse', body, sign(SECRETS.MONITORING_KEY))).status).toBe(202);
    expect((await post('langfuse', body, sign(SECRETS.MONITORING_KEY, time, 's'))).status).toBe(202);
    expect((await post('langfuse', body, sign('another-secret-0123456789'))).status).toBe(401);
    expect(
      (await post('langfuse', body, sign(SECRETS.MONITORING_KEY, String(Number(time) - 301)))).status,
    ).toBe(401);
    expect((await post('langfuse', body, { 'x-langfuse-signature': 'nonsense' })).json).toMatchObject({
      field: 'x-langfuse-signature',
    });
  });

  test('something else is refused by the field', async () => {
    const { status, json } = await post('langfuse', { type: 'monitor-alert', payload: {} });
    expect(status).toBe(422);
    expect(json).toMatchObject({ field: 'payload.message' });
  });
});
