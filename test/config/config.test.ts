import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError, configFrom, loadConfig, type Config, type ConfigIssue } from '../../src/config.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { exampleEnv, exampleFile, exampleText, smallEnv, smallText } from './given.ts';

const dir = mkdtempSync(join(tmpdir(), 'holdpoint-config-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const file = join(dir, 'holdpoint.yaml');
function load(text: string, env: Record<string, string | undefined> = smallEnv): Config {
  writeFileSync(file, text);
  return loadConfig({ file, env });
}

function issuesOf(text: string, env: Record<string, string | undefined> = smallEnv): readonly ConfigIssue[] {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

/** The small configuration with one piece of it exchanged; fails when the piece is not there. */
function changed(from: string, to: string): string {
  expect(smallText).toContain(from);
  return smallText.replace(from, () => to);
}

describe('the example', () => {
  const config = loadConfig({ file: exampleFile, env: exampleEnv });

  test("loads, with the runbook's policy", () => {
    expect(config.policy).toEqual(defaultPolicy);
    expect(config.warnings).toEqual([]);
  });

  test('people are one actor whichever way they come, and owners are actors', () => {
    expect(config.people.map(({ key, actorId }) => [key, actorId])).toEqual([
      ['ana', 'slack:T012TEAM:U012ANARUIZ'],
      ['ben', 'slack:T012TEAM:U012BENOKAF'],
      ['chidi', 'slack:T012TEAM:U012CHIDILI'],
      ['dana', 'slack:T012TEAM:U012DANAWEI'],
      ['audit', 'person:audit'],
    ]);
    expect(config.agents['loan-agent']?.ownerIds).toEqual(['slack:T012TEAM:U012DANAWEI']);
  });

  test('every secret comes from its variable and is never printed', () => {
    expect(config.slack?.botToken.reveal()).toBe(exampleEnv.SLACK_BOT_TOKEN);
    const header =
      config.agents['loan-agent']?.reversals['set_application_status']?.secretHeaders['Authorization'];
    expect(header?.reveal()).toBe(exampleEnv.LOAN_APPLICATIONS_AUTHORIZATION);
    for (const printed of [
      JSON.stringify(config),
      inspect(config, { depth: 20 }),
      String(config.slack?.botToken),
    ])
      for (const secret of Object.values(exampleEnv)) expect(printed).not.toContain(secret);
  });

  test('every variable it names must be there, and each missing one is named with its line', () => {
    for (const name of Object.keys(exampleEnv)) {
      const issues = issuesOf(exampleText, { ...exampleEnv, [name]: undefined });
      expect(issues).toEqual([expect.objectContaining({ found: `no environment variable ${name}` })]);
      expect(issues[0]?.where).toMatch(/^holdpoint\.yaml:\d+:\d+$/);
    }
  });
});

test('a small configuration is enough, on loopback', () => {
  const { server, agents, temporal, breaker } = load(smallText);
  expect(server).toMatchObject({ host: '127.0.0.1', localReads: false, publicUrl: 'http://127.0.0.1:7400' });
  expect(agents['loan-agent']?.containment).toEqual({
    kind: 'stop-switch',
    leaseMs: 500,
    confirmWithinMs: 3000,
  });
  expect(temporal).toMatchObject({ address: '127.0.0.1:7233', taskQueue: 'holdpoint' });
  expect(breaker).toEqual({ agents: 3, windowMs: 600_000 });
});

test('addresses come from the environment before the file', () => {
  const env = {
    ...smallEnv,
    TEMPORAL_ADDRESS: 'temporal:7233',
    TEMPORAL_API_KEY: 'key',
    DATABASE_URL: 'postgres://u:p@db/h',
    HOLDPOINT_PORT: '7500',
  };
  const { temporal, database, server } = load(smallText, env);
  expect(temporal).toMatchObject({ address: 'temporal:7233', tls: true });
  expect(database.url?.reveal()).toBe('postgres://u:p@db/h');
  expect(server.port).toBe(7500);
});

const TABLE: [what: string, text: string, field: string, line: number, found: RegExp, write: RegExp][] = [
  ['an unknown field', changed('mail: {', 'mial: {'), 'mial', 8, /does not exist/, /^mail, if/],
  [
    'an unknown field inside',
    changed('{ kind: stop-switch }', '{ kind: stop-switch, leese: 1s }'),
    'agents.loan-agent.containment.leese',
    17,
    /does not exist/,
    /^lease/,
  ],
  [
    'a wrong kind',
    changed('stop-switch', 'stopswitch'),
    'agents.loan-agent.containment.kind',
    17,
    /"stopswitch"/,
    /stop-switch, webhook, temporal/,
  ],
  [
    'an owner who is nobody',
    changed('owners: [dana]', 'owners: [dan]'),
    'agents.loan-agent.owners.0',
    16,
    /"dan"/,
    /^dana, if.*ana, ben, dana/,
  ],
  [
    'a key for no agent',
    changed('agents: [loan-agent]', 'agents: [lone-agent]'),
    'keys.monitoring.agents.0',
    13,
    /not shown|"lone-agent"/,
    /loan-agent/,
  ],
  [
    'an unknown role',
    changed('roles: [responder, approver] }', 'roles: [aprover, responder] }'),
    'people.ben.roles.0',
    4,
    /"aprover"/,
    /viewer, responder, approver, auditor/,
  ],
  [
    'a duration without unit',
    `${smallText}policy:\n  acknowledge: 300\n`,
    'policy.acknowledge',
    20,
    /300/,
    /unit, such as 20s/,
  ],
  [
    'a quorum of one',
    `${smallText}policy:\n  quorum: { irreversible: 1 }\n`,
    'policy.quorum.irreversible',
    20,
    /1/,
    /at least 2/,
  ],
  [
    'reminders after the deadline',
    `${smallText}policy:\n  distribution: 1h\n  distributionReminders: [2h]\n`,
    'policy.distributionReminders',
    21,
    /2h/,
    /before/,
  ],
  [
    'escalation out of order',
    `${smallText}policy:\n  signOffSecondary: 1m\n`,
    'policy.signOffSecondary',
    20,
    /1m/,
    /after signOffReminder/,
  ],
  [
    'http to elsewhere',
    changed(
      '{ kind: stop-switch }',
      '{ kind: webhook, url: "http://agent.example.com/x", secretEnv: MONITORING_KEY }',
    ),
    'agents.loan-agent.containment.url',
    17,
    /agent\.example/,
    /https/,
  ],
  [
    'nobody who may sign',
    changed('ben: { name: Ben Okafor, roles: [responder, approver] }', 'ben: { name: Ben Okafor }'),
    'agents.loan-agent.owners',
    16,
    /only ana/,
    /at least 2 people/,
  ],
  [
    'a reversal that nothing can call',
    changed('reversible: false', 'reversible: true, reversal: recall_letter'),
    'agents.loan-agent.reversals',
    15,
    /recall_letter/,
    /url/,
  ],
  [
    'a channel without Slack',
    changed('onCall: [{ mail: on-call@example.com }]', 'onCall: [{ channel: C0ONCALL }]'),
    'distribution.onCall.0',
    11,
    /C0ONCALL/,
    /slack/,
  ],
  [
    'no recipient',
    changed('platform: [{ mail: platform@example.com }]', 'platform: []'),
    'distribution.platform',
    10,
    /\[\]/,
    /at least one recipient/,
  ],
  [
    'a secret where its variable is named',
    changed('env: MONITORING_KEY', 'env: s3cr3t-value'),
    'keys.monitoring.env',
    13,
    /not shown/,
    /name of an environment variable/,
  ],
  ['broken YAML', `${smallText}  bad: [1`, 'YAML', 19, /not YAML/, /indentation/],
];

test.each(TABLE)('%s is said with place, finding and remedy', (_what, text, field, line, found, write) => {
  const issue = issuesOf(text).find((candidate) => candidate.field === field);
  expect(issue).toBeDefined();
  expect(issue?.where).toMatch(new RegExp(`^holdpoint\\.yaml:${line}:\\d+$`));
  expect(issue?.found).toMatch(found);
  expect(issue?.write).toMatch(write);
});

test('everything that is wrong is said at once, in the order of the file', () => {
  const text = changed('roles: [responder, approver] }', 'roles: [aprover] }')
    .replace('from: holdpoint@example.com', 'from: nobody')
    .replace('stop-switch', 'off');
  expect(issuesOf(text).map(({ field }) => field)).toEqual([
    'people.ben.roles.0',
    'mail.from',
    'agents.loan-agent.containment.kind',
  ]);
});

describe('secrets in the file are refused, with the remedy and without being repeated', () => {
  test.each([
    [
      'a token',
      `${smallText}slack: { team: T012, channel: C012, botToken: "xoxb-1234567890-secret" }`,
      'slack.botToken',
      'botTokenEnv: SLACK_BOT_TOKEN',
      'xoxb-1234567890-secret',
    ],
    [
      'a password in an address',
      changed('from: holdpoint@example.com', 'from: holdpoint@example.com, url: "smtp://me:hunter2@mail"'),
      'mail.url',
      'urlEnv: MAIL_URL',
      'hunter2',
    ],
    [
      'a header',
      changed(
        'tools:',
        'reversals: { x: { url: "https://a.example.com", headers: { Authorization: "Bearer abcdef" } } }\n    tools:',
      ),
      'agents.loan-agent.reversals.x.headers.Authorization',
      'secretHeaders: { Authorization: HEADERS_AUTHORIZATION }',
      'abcdef',
    ],
    [
      'a token in a field for a variable',
      changed('env: MONITORING_KEY', 'env: ghp_abcdefghijklmnopqrstuvwxyz0123'),
      'keys.monitoring.env',
      'env: MONITORING_ENV',
      'ghp_abcdefghijkl',
    ],
  ])('%s', (_what, text, field, remedy, secret) => {
    const issues = issuesOf(text).filter((issue) => issue.field === field);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({
      found: 'a secret (not shown)',
      write: expect.stringContaining(remedy),
    });
    expect(() => load(text)).not.toThrow(secret);
  });

  test('the path of an argument called `token` is none', () => {
    const text = changed(
      '{ effect: write, reversible: false }',
      '{ effect: write, reversible: true, reversal: undo, reversalArgs: { token: args.token } }',
    );
    expect(issuesOf(text).map(({ found }) => found)).not.toContain('a secret (not shown)');
  });
});

describe('a port that others can reach', () => {
  const bare = smallText.replace(/keys:\n.*\n/, '').replace(', tokenEnv: TOKEN_ANA', '');
  const open = 'server: { host: 0.0.0.0 }\n';

  test('needs keys and a way to sign in', () => {
    const writes = issuesOf(open + bare).map(({ field, write }) => `${field}: ${write}`);
    expect(writes).toEqual([
      expect.stringMatching(/server\.host.*keys/),
      expect.stringMatching(/server\.host.*tokenEnv/),
    ]);
    expect(issuesOf(open + smallText)).toEqual([]);
    expect(issuesOf(bare)).toEqual([]);
  });

  test('also when the environment opens it', () => {
    expect(issuesOf(bare, { ...smallEnv, HOLDPOINT_HOST: '10.0.0.5' })).toHaveLength(2);
    for (const host of ['localhost', '127.0.0.2', '::1'])
      expect(issuesOf(bare, { ...smallEnv, HOLDPOINT_HOST: host })).toEqual([]);
  });

  test('never lets everybody read', () => {
    const text = `server: { host: 0.0.0.0, localReads: true }\n${smallText}`;
    expect(issuesOf(text).map(({ field }) => field)).toEqual(['server.localReads']);
  });
});

test('a short secret can be guessed', () => {
  expect(issuesOf(smallText, { ...smallEnv, MONITORING_KEY: 'short' })).toEqual([
    expect.objectContaining({ field: 'keys.monitoring.env', found: expect.stringContaining('5 characters') }),
  ]);
});

test('two people cannot share one identity, nor two keys one secret', () => {
  const shared = changed('name: Ben Okafor', 'name: Ben Okafor, tokenEnv: TOKEN_BEN');
  const env = { ...smallEnv, TOKEN_BEN: smallEnv.TOKEN_ANA };
  expect(issuesOf(shared, env).map(({ field }) => field)).toEqual(['people.ben.tokenEnv']);
  const keys = changed('keys:\n', 'keys:\n  other: { env: OTHER_KEY, agents: [loan-agent] }\n');
  expect(
    issuesOf(keys, { ...smallEnv, OTHER_KEY: smallEnv.MONITORING_KEY }).map(({ field }) => field),
  ).toEqual(['keys.monitoring.env']);
});

test('a tools file is read beside the configuration, its errors told by its own lines', () => {
  const text = changed('tools: { send_letter: { effect: write, reversible: false } }', 'tools: tools.yaml');
  writeFileSync(join(dir, 'tools.yaml'), 'tools:\n  send_letter: { effect: wirte }\n');
  expect(issuesOf(text)).toEqual([
    expect.objectContaining({ where: 'tools.yaml:2:18', field: 'tools.send_letter.effect' }),
  ]);
  writeFileSync(join(dir, 'tools.yaml'), 'tools:\n  send_letter: { effect: write, reversible: false }\n');
  expect(load(text).agents['loan-agent']?.tools?.tools['send_letter']).toEqual({
    effect: 'write',
    reversible: false,
  });
  expect(issuesOf(text.replace('tools.yaml', 'absent.yaml'))[0]?.write).toMatch(/absent\.yaml cannot/);
});

test('a changed policy has another version, the same one the same', () => {
  const version = (policy: string) => load(`${smallText}policy: ${policy}\n`).policy.version;
  expect(version('{}')).toBe('default/2');
  expect(version('{ acknowledge: 5m }')).toBe('default/2');
  expect(version('{ acknowledge: 6m }')).toMatch(/^policy\/[0-9a-f]{12}$/);
  expect(version('{ acknowledge: 6m }')).toBe(version('{ acknowledge: 360s }'));
});

test('without a file the remedy is the example', () => {
  expect(() => loadConfig({ env: {}, cwd: dir, file: 'absent.yaml' })).toThrow(/holdpoint\.example\.yaml/);
});

test('a value can be given instead of a file', () => {
  const value = {
    agents: {},
    people: {},
    onCall: { primary: [] },
    distribution: { platform: [], onCall: [] },
  };
  expect(() => configFrom(value, { name: 'sample', folder: dir, env: {} })).toThrow(/sample {2}agents/);
});

describe('where traces are', () => {
  const agent = (traces: string): string =>
    changed(
      '    containment: { kind: stop-switch }',
      `    containment: { kind: stop-switch }\n    traces: ${traces}`,
    );
  const env = { ...smallEnv, STORE_KEY: 'store-key', LF_PUBLIC: 'pk-lf', LF_SECRET: 'sk-lf' };
  const tracesOf = (traces: string) => load(agent(traces), env).agents['loan-agent']?.traces;

  test('each store has its own words, its key in the environment', () => {
    expect(
      tracesOf(
        '{ kind: phoenix, url: "https://phoenix.example.com", project: loan, keyEnv: STORE_KEY, retention: 14d }',
      ),
    ).toMatchObject({
      kind: 'phoenix',
      project: 'loan',
      user: null,
      retentionMs: 14 * 86_400_000,
      settleWithinMs: null,
    });
    expect(tracesOf('{ kind: jaeger, url: "http://127.0.0.1:16686", services: [loan-agent] }')).toMatchObject(
      {
        kind: 'jaeger',
        services: ['loan-agent'],
        key: null,
        lookbackMs: 7 * 86_400_000,
        sessionAttributes: ['session.id', 'gen_ai.conversation.id', 'session_id'],
      },
    );
    expect(
      tracesOf(
        '{ kind: tempo, url: "https://tempo.example.com", user: "12345", keyEnv: STORE_KEY, tenant: loans }',
      ),
    ).toMatchObject({ kind: 'tempo', user: '12345', tenant: 'loans', maxAttributeBytes: 2_048 });
    const langfuse = tracesOf(
      '{ kind: langfuse, url: "https://langfuse.example.com", publicKeyEnv: LF_PUBLIC, secretKeyEnv: LF_SECRET }',
    );
    expect(langfuse).toMatchObject({ kind: 'langfuse' });
    expect(langfuse?.kind === 'langfuse' && langfuse.secretKey.reveal()).toBe('sk-lf');
    expect(inspect(langfuse, { depth: 9 })).not.toContain('sk-lf');
  });

  test.each([
    ['plain http to another machine', '{ kind: jaeger, url: "http://jaeger.example.com" }', 'url'],
    ['a password in the address', '{ kind: phoenix, url: "https://a:b@phoenix.example.com" }', 'url'],
    ['a missing key', '{ kind: phoenix, url: "https://phoenix.example.com", keyEnv: NOT_THERE }', 'keyEnv'],
    ['a user without a key', '{ kind: tempo, url: "https://tempo.example.com", user: "1" }', 'user'],
    [
      'an attribute that ends a query',
      '{ kind: tempo, url: "https://t.example.com", sessionAttributes: ["x } || {"] }',
      '0',
    ],
    [
      'a header in the tenant',
      '{ kind: tempo, url: "https://t.example.com", tenant: "a\\r\\nx: y" }',
      'tenant',
    ],
    [
      'keys in the file',
      '{ kind: langfuse, url: "https://l.example.com", publicKeyEnv: pk-lf, secretKeyEnv: LF_SECRET }',
      'publicKeyEnv',
    ],
  ])('%s is refused, and said where', (_, traces, field) => {
    const issues = issuesOf(agent(traces), env);
    expect(issues.map((issue) => issue.field).join()).toMatch(
      new RegExp(`traces\\.${field === '0' ? 'sessionAttributes' : field}`),
    );
  });
});
