import { inspect } from 'node:util';
import { parse } from 'yaml';
import { ConfigError, configFrom, type Config, type ConfigIssue } from '../../src/config.ts';
import { smallEnv, smallText } from './given.ts';

const env = {
  ...smallEnv,
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'aws-secret-0123456789',
  HOLDPOINT_SIGNING_KEY: 'a'.repeat(43) + '=',
};
const load = (s3: string | null, given: Record<string, string | undefined> = env): Config => {
  const value = parse(s3 === null ? smallText : `${smallText}\nevidence: { s3: ${s3} }\n`);
  return configFrom(value, { name: 'holdpoint.yaml', folder: '/srv', env: given });
};
const issuesOf = (s3: string, given?: Record<string, string | undefined>): readonly ConfigIssue[] => {
  try {
    load(s3, given);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
};

test('evidence lies in the folder unless a bucket is named', () => {
  const config = load(null, smallEnv);
  expect(config.evidence).toEqual({ dir: '/srv/evidence', s3: null, encrypt: false });
});

test('a bucket takes its credentials from the environment and prints none of them', () => {
  const config = load(
    '{ bucket: holdpoint-evidence, region: eu-central-1, prefix: prod/one, lock: { mode: compliance, for: 3650d } }',
    { ...env, AWS_SESSION_TOKEN: 'session-token-0123' },
  );
  expect(config.evidence.s3).toMatchObject({
    bucket: 'holdpoint-evidence',
    endpoint: null,
    prefix: 'prod/one',
    lock: { mode: 'compliance', retainMs: 3_650 * 86_400_000 },
  });
  expect(config.evidence.s3?.secretAccessKey.reveal()).toBe(env.AWS_SECRET_ACCESS_KEY);
  expect(config.evidence.s3?.sessionToken?.reveal()).toBe('session-token-0123');
  expect(inspect(config, { depth: 20 })).not.toMatch(/aws-secret|session-token-0123/);
  expect(config.warnings).toEqual([]);
});

test('a bucket shared by machines wants a shared signing key', () => {
  const { warnings } = load('{ bucket: evidence, region: eu-central-1 }', {
    ...env,
    HOLDPOINT_SIGNING_KEY: undefined,
  });
  expect(warnings).toEqual([expect.stringContaining('HOLDPOINT_SIGNING_KEY')]);
});

test.each([
  ['no region', '{ bucket: evidence }', 'evidence.s3.region'],
  ['a bucket in capitals', '{ bucket: Evidence, region: eu-central-1 }', 'evidence.s3.bucket'],
  ['a path that climbs', '{ bucket: evidence, region: eu, prefix: ../other }', 'evidence.s3.prefix'],
  ['plain http', '{ bucket: evidence, region: eu, endpoint: "http://minio:9000" }', 'evidence.s3.endpoint'],
  [
    'a lock of an hour',
    '{ bucket: evidence, region: eu, lock: { mode: governance, for: 1h } }',
    'evidence.s3.lock.for',
  ],
])('%s is refused with its field', (_what, s3, field) => {
  const [issue] = issuesOf(s3);
  expect(issue?.field).toBe(field);
  expect(issue?.write).not.toBe('');
});

test('missing credentials are named', () => {
  const [issue] = issuesOf('{ bucket: evidence, region: eu }', { ...env, AWS_SECRET_ACCESS_KEY: undefined });
  expect(issue).toMatchObject({ found: 'no environment variable AWS_SECRET_ACCESS_KEY' });
});
