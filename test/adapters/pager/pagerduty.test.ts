import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPagerDuty } from '../../../src/adapters/pager/pagerduty.ts';
import { PageFailed } from '../../../src/adapters/pager/port.ts';

let server: Server;
let url: string;
let status = 202;
const events: Record<string, unknown>[] = [];

beforeEach(async () => {
  status = 202;
  events.length = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      events.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>);
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"status":"success"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/enqueue`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
const pager = () => createPagerDuty({ routingKey: 'a-routing-key', url });

describe('PagerDuty, Events API v2', () => {
  it('triggers with a severity that grows up the chain, under the key of the page', async () => {
    for (const to of ['primary', 'secondary'] as const)
      await pager().page({ to, text: 'SEV2 loan-agent: nobody has acknowledged yet.', key: `inc-1:${to}` });
    expect(events).toEqual(
      (
        [
          ['primary', 'error'],
          ['secondary', 'critical'],
        ] as const
      ).map(([to, severity]) => ({
        routing_key: 'a-routing-key',
        event_action: 'trigger',
        dedup_key: `inc-1:${to}`,
        payload: {
          summary: 'SEV2 loan-agent: nobody has acknowledged yet.',
          severity,
          source: 'holdpoint',
          component: 'holdpoint',
          custom_details: { to },
        },
      })),
    );
  });

  it.each(['acknowledge', 'resolve'] as const)('%ss under the same key, however long it is', async (as) => {
    const key = `inc-${'x'.repeat(300)}`;
    await pager().page({ to: 'primary', text: 'Opened.', key });
    await pager().settle?.(key, as);
    const [trigger, settled] = events;
    expect(settled).toEqual({
      routing_key: 'a-routing-key',
      event_action: as,
      dedup_key: trigger?.['dedup_key'],
    });
  });

  it.each([
    [400, true],
    [429, false],
    [500, false],
  ])('says of an answer %i whether another try helps', async (answer, permanent) => {
    status = answer;
    const failed = await pager()
      .settle?.('inc-1:1', 'resolve')
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PageFailed);
    expect(failed).toMatchObject({ permanent });
  });
});
