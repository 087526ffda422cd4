import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examine } from '../../src/doctor/examine.ts';
import { AGENT, loanAgent, sampleConfig, type SampleParts } from '../../src/embedded/sample/config.ts';
import { sampleWorkspace } from '../../src/embedded/slack/sample-workspace.ts';
import { type SlackStandIn, startSlackStandIn } from '../../src/embedded/slack/stand-in.ts';
import { examineSlack } from '../../src/doctor/slack.ts';
import { createSlackApp } from '../../src/slack/app.ts';
import { silent } from '../../src/slack/log.ts';
import { PeopleConfig } from '../../src/slack/people.ts';
import { fromSetup } from '../support/environment.ts';
import { freshDatabase } from '../support/postgres.ts';
import { testMailServer } from '../support/smtp.ts';

const secrets = {
  HOLDPOINT_SAMPLE_KEY: 'k'.repeat(32),
  SLACK_BOT_TOKEN: 'xoxb-doctor-0123456789',
  SLACK_SIGNING_SECRET: 's'.repeat(32),
};
const dir = mkdtempSync(join(tmpdir(), 'holdpoint-doctor-'));

let slack: SlackStandIn;
let mail: Awaited<ReturnType<typeof testMailServer>>;
let database: Awaited<ReturnType<typeof freshDatabase>>;
beforeAll(async () => {
  slack = await startSlackStandIn({
    ...sampleWorkspace(),
    host: '127.0.0.1',
    signingSecret: secrets.SLACK_SIGNING_SECRET,
    botToken: secrets.SLACK_BOT_TOKEN,
    requestUrl: 'http://127.0.0.1:9/slack/events',
  });
  mail = await testMailServer();
  database = await freshDatabase();
});
afterAll(async () => {
  await slack.close();
  await mail.stop();
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

const configOf = (change: Partial<SampleParts> = {}) =>
  sampleConfig({
    dir,
    port: 0,
    slackApiUrl: slack.apiUrl,
    smtpUrl: mail.smtpUrl,
    databaseUrl: database.url,
    temporalAddress: fromSetup('HOLDPOINT_TEST_TEMPORAL'),
    secrets,
    agents: { [AGENT]: loanAgent('http://127.0.0.1:9') },
    ...change,
  });

it('says ok for every connection that answers, and what an agent does not send yet', async () => {
  const findings = await examine(configOf());
  const failed = findings.filter(({ ok }) => !ok).map(({ name }) => name);
  expect(failed).toEqual([`${AGENT} traces`]);
  expect(findings.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'temporal',
      'database',
      'evidence',
      'master key',
      'mail',
      'slack token',
      'slack scopes',
      'slack channel',
      'slack signing secret',
    ]),
  );
});

it('says for each that fails what to do, and shows no secret', async () => {
  const nowhere = '127.0.0.1:9';
  const findings = await examine(
    configOf({
      temporalAddress: nowhere,
      databaseUrl: `postgres://user:hunter2@${nowhere}/none`,
      smtpUrl: `smtp://${nowhere}`,
      secrets: { ...secrets, SLACK_BOT_TOKEN: 'xoxb-wrong-token' },
    }),
  );
  const failed = findings.filter(({ ok }) => !ok);
  expect(failed.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['temporal', 'database', 'mail', 'slack token', 'slack channel']),
  );
  for (const { says } of failed) expect(says).toMatch(/\. [A-Z].+\.$/);
  expect(JSON.stringify(findings)).not.toMatch(/hunter2|xoxb-wrong-token/);
});

it('tries the trace store of each agent, and says what to do where it does not answer', async () => {
  const jaeger = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":["loan-agent"]}'),
  );
  await new Promise<void>((done) => jaeger.listen(0, '127.0.0.1', done));
  const { port } = jaeger.address() as AddressInfo;
  const agent = (url: string, services: string[]) => ({
    ...loanAgent('http://127.0.0.1:9'),
    traces: { kind: 'jaeger', url, services },
  });
  const url = `http://127.0.0.1:${port}`;
  const agents = {
    [AGENT]: agent(url, ['loan-agent']),
    misnamed: agent(url, ['loan-agnet']),
    silent: agent('http://127.0.0.1:9', []),
  };
  try {
    const findings = await examine(configOf({ agents }));
    const said = (name: string) => findings.find((finding) => finding.name === `${name} traces`);
    expect(said(AGENT)).toMatchObject({ ok: true, says: 'Jaeger answers, 1 services' });
    expect(said('misnamed')).toMatchObject({ ok: false, says: expect.stringContaining('it has loan-agent') });
    expect(said('silent')?.says).toMatch(
      /Jaeger gave no answer to .api.services: .*agents\.silent\.traces\.$/,
    );
  } finally {
    jaeger.close();
  }
});

describe('Slack', () => {
  const says = async (config: ReturnType<typeof configOf>): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await examineSlack(config)).map(({ name, ok, says: words }) => [
        name,
        `${ok ? 'ok' : 'NO'}: ${words}`,
      ]),
    );

  it('names each scope that is missing, and the manifest', async () => {
    const poor = await startSlackStandIn({
      ...sampleWorkspace(),
      host: '127.0.0.1',
      signingSecret: secrets.SLACK_SIGNING_SECRET,
      botToken: secrets.SLACK_BOT_TOKEN,
      requestUrl: 'http://127.0.0.1:9/slack/events',
      scopes: ['chat:write', 'commands', 'users:read', 'channels:history', 'groups:history'],
    });
    const found = await says(configOf({ slackApiUrl: poor.apiUrl }));
    expect(found['slack scopes']).toMatch(
      /^NO: the token lacks usergroups:read, files:write\. .*deploy\/slack-manifest\.yaml/,
    );
    await poor.close();
  });

  it('tries the signing secret on the server that runs', async () => {
    const app = createSlackApp({
      signingSecret: secrets.SLACK_SIGNING_SECRET,
      botToken: secrets.SLACK_BOT_TOKEN,
      slackApiUrl: slack.apiUrl,
      listen: { host: '127.0.0.1', port: 0 },
      log: silent,
      people: PeopleConfig.parse({}),
      evidence: {} as never,
      incidents: {} as never,
      store: {} as never,
    });
    const { port } = await app.start();
    const config = configOf();
    config.server.publicUrl = `http://127.0.0.1:${port}`;
    expect((await says(config))['slack signing secret']).toMatch(/^ok: .* agrees$/);
    const other = configOf({ secrets: { ...secrets, SLACK_SIGNING_SECRET: 'x'.repeat(32) } });
    other.server.publicUrl = config.server.publicUrl;
    expect((await says(other))['slack signing secret']).toMatch(/^NO: .* another signing secret\. Copy it/);
    await app.stop();
    expect((await says(config))['slack signing secret']).toMatch(/^ok: not tried: no server answers/);
  });

  it('says when the app is not in the channel', async () => {
    const config = configOf();
    config.slack!.channel = 'C0RANDOM0000';
    expect((await says(config))['slack channel']).toMatch(
      /^NO: .*(not_in_channel|channel_not_found).*Invite the app/,
    );
  });
});
