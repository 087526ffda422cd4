import { loadConfig } from '../../config.ts';
import { openParts } from '../../compose/parts.ts';
import { keepRetention } from '../../compose/retention.ts';
import { startServer } from '../../compose/server.ts';
import { startWorker } from '../../compose/worker.ts';
import type { Config } from '../../config/types.ts';
import { homeDir, privateDir } from '../home.ts';
import { sampleSecrets, sampleSettings } from '../sample/config.ts';
import { CHANNELS, PEOPLE } from '../slack/sample-workspace.ts';
import { unlessInterrupted } from './interrupted.ts';
import { type Run, startDatabase, startMail, startSlack, startTemporal, told } from './parts.ts';

/** What takes the place of a section that the file does not have. */
const BROUGHT = ['server', 'people', 'onCall', 'slack', 'mail', 'distribution'] as const;
/** Well-formed addresses at which nobody answers, until what stands there runs. */
const NOWHERE = {
  slackApiUrl: 'http://127.0.0.1:9',
  smtpUrl: 'smtp://127.0.0.1:9',
  databaseUrl: 'postgres://nobody@127.0.0.1:9/nothing',
  temporalAddress: '127.0.0.1:9',
};

/** With a `holdpoint.yaml`: server and worker in one process, and an embedded part for whatever has no address. */
export async function upConfigured(file: string, run: Run): Promise<number> {
  const { say, stops, signal } = run;
  const { config, addresses } = await configured(file, run);
  for (const warning of config.warnings) say(`note: ${warning}`);
  const parts = await openParts(config);
  stops.add(() => parts.close());
  const server = await stops.keep(told(say, 'Holdpoint server', startServer(parts)));
  await keepRetention(parts.client, config);
  const worker = await stops.keep(told(say, 'Holdpoint worker', startWorker(parts)));
  addresses.forEach((line) => say(line));
  say(`Holdpoint runs at ${server.url}`);
  await unlessInterrupted(signal, worker.run);
  return 0;
}

type Addresses = Pick<Parameters<typeof sampleSettings>[0], 'slackApiUrl' | 'smtpUrl' | 'port'>;

/** The configuration, once everything that it does not name runs. */
async function configured(
  file: string,
  { say, stops }: Run,
): Promise<{ config: Config; addresses: string[] }> {
  const dir = privateDir(homeDir());
  const secrets = sampleSecrets(dir);
  const given: Record<string, string | undefined> = { ...process.env };
  const load = (at: Addresses): Config => {
    const { value, env } = sampleSettings({ ...NOWHERE, ...at, agents: {}, dir, secrets });
    const defaults = Object.fromEntries(BROUGHT.map((section) => [section, value[section]]));
    return loadConfig({ file, defaults, env: { ...env, ...given } });
  };
  // What is wrong with the file is said before anything starts.
  const asWritten = load({ ...NOWHERE, port: 7400 });
  given['TEMPORAL_ADDRESS'] ||= (await stops.keep(startTemporal(dir, say))).address;
  given['DATABASE_URL'] ||= (await stops.keep(startDatabase(dir, say))).url;
  const { port } = asWritten.server;
  const addresses: string[] = [];
  const at: Addresses = { ...NOWHERE, port };
  if (asWritten.slack?.apiUrl === NOWHERE.slackApiUrl) {
    const slack = await startSlack(dir, secrets, `http://127.0.0.1:${port}/slack/events`, say);
    stops.add(() => slack.close());
    at.slackApiUrl = slack.apiUrl;
    addresses.push(
      `SAMPLE: no section slack, so nobody is told; sample people decide at ${slack.pageFor(PEOPLE.ana, CHANNELS.incidents)}`,
    );
  }
  if (asWritten.mail?.url.reveal() === NOWHERE.smtpUrl) {
    const mail = await stops.keep(startMail(dir, say));
    at.smtpUrl = mail.smtpUrl;
    addresses.push(`SAMPLE: no section mail, so no mail leaves this machine; they are at ${mail.webUrl}`);
  }
  return { config: load(at), addresses };
}
