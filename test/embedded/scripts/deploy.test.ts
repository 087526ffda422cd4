import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { parse } from 'yaml';
import { z } from 'zod';
import { findExecutable } from '../../../src/embedded/temporal/executable.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/embedded/temporal/server.ts';
import { run } from '../../../src/embedded/run.ts';
import { fromSetup } from '../../support/environment.ts';
import { newFolder, removeFolder } from '../../support/folder.ts';

const Service = z.object({
  image: z.string(),
  ports: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  networks: z.array(z.string()),
});
const text = readFileSync('docker-compose.yml', 'utf8');
const { services, networks } = z
  .object({ services: z.record(z.string(), Service), networks: z.record(z.string(), z.unknown()) })
  .parse(parse(text, { merge: true }));

describe('docker-compose.yml', () => {
  it('publishes nothing but to loopback', () => {
    const published = Object.values(services).flatMap(({ ports }) => ports);
    expect(published).not.toHaveLength(0);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('holds no secret: each comes from the environment and is asked for when missing', () => {
    const secrets = Object.values(services).flatMap(({ environment }) =>
      Object.entries(environment).filter(([name]) =>
        /PASSWORD|PWD|SECRET|TOKEN|KEY|DATABASE_URL|SMTP_URL/.test(name),
      ),
    );
    expect(secrets.length).toBeGreaterThan(8);
    for (const [, value] of secrets) expect(value).toMatch(/\$\{[A-Z_]+:\?.+\}/);
  });

  it('names an exact version of every image', () => {
    for (const { image } of Object.values(services)) expect(image).toMatch(/:\d+[\w.-]*$/);
  });

  it('keeps Postgres and Temporal away from every other network', () => {
    expect(networks['inside']).toEqual({ internal: true });
    for (const name of ['postgres', 'temporal', 'temporal-schema', 'temporal-namespace']) {
      expect(services[name]?.networks).toEqual(['inside']);
    }
  });

  it('sets the number of history shards, which cannot be changed later', () => {
    expect(services['temporal']?.environment).toMatchObject({ NUM_HISTORY_SHARDS: '512', DB: 'postgres12' });
  });
});

describe('deploy/temporal/namespace.sh', () => {
  it('makes the namespace with every search attribute, and does no harm the second time', async () => {
    const dir = newFolder();
    mkdirSync(join(dir, 'bin'));
    symlinkSync(await findExecutable('temporal'), join(dir, 'bin', 'temporal'));
    const address = fromSetup('HOLDPOINT_TEST_TEMPORAL');
    const env = {
      PATH: `${join(dir, 'bin')}:/usr/bin:/bin`,
      HOME: dir,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: 'of-the-script',
      TEMPORAL_RETENTION: '30d',
    };
    for (const _time of ['first', 'second']) {
      const { code, output } = await run('/bin/sh', ['deploy/temporal/namespace.sh'], {
        timeoutMs: 60_000,
        env,
      });
      expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    }
    const connection = await Connection.connect({ address });
    const namespace = 'of-the-script';
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const { IndexedValueType } = temporal.api.enums.v1;
    const types = {
      Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
      KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    };
    const wanted = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, types[type]]);
    expect(customAttributes).toMatchObject(Object.fromEntries(wanted));
    await connection.close();
    removeFolder(dir);
  });
});
