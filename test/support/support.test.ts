import pg from 'pg';
import { freshDatabase } from './postgres.ts';
import { testEnvironment, timeSkippingEnvironment } from './temporal.ts';

describe('what tests run on', () => {
  it('gives each caller an empty database and removes it', async () => {
    const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
    const client = new pg.Client({ connectionString: one.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('create table only_here (x int)');
    const second = new pg.Client({ connectionString: other.url });
    await second.connect();
    await expect(second.query('select * from only_here')).rejects.toThrow('does not exist');
    await second.end();
    await Promise.all([one.drop(), other.drop()]);
    await expect(new pg.Client({ connectionString: one.url }).connect()).rejects.toThrow('does not exist');
  });

  it('reaches the dev server, with the search attributes registered', async () => {
    const environment = await testEnvironment();
    const { customAttributes } = await environment.connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    expect(Object.keys(customAttributes ?? {})).toEqual(
      expect.arrayContaining([
        'HoldpointAgent',
        'HoldpointPhase',
        'HoldpointMode',
        'HoldpointStatus',
        'HoldpointSession',
      ]),
    );
    await environment.teardown();
  });

  it('skips time', async () => {
    const environment = await timeSkippingEnvironment();
    const before = await environment.currentTimeMs();
    await environment.sleep('2 days');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(2 * 86_400_000);
    await environment.teardown();
  });
});
