import { findConfigFile } from '../../config.ts';
import { homeDir } from '../home.ts';
import { join } from 'node:path';
import { AGENT, loanAgent } from '../sample/config.ts';
import { type LoanUrls, startLoanServices } from '../sample/loans.ts';
import { told } from './parts.ts';
import { Follower } from '../sample/follow.ts';
import { Player } from '../sample/player.ts';
import { Scenario } from '../sample/scenario.ts';
import { Plan, type PlanAction } from '../../activities/plan.ts';
import { summaryOf, type Summary } from '../sample/summary.ts';
import { startStack, type Stack } from './stack.ts';
import { upConfigured } from './configured.ts';
import { upTrace } from './trace.ts';

export interface UpOptions {
  auto?: boolean;
  json?: boolean;
  trace?: string;
  tools?: string;
  profile?: string;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.once('SIGINT', () => process.exit(130));
      say('stopping; a new start goes on from here');
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}

/** Runs until interrupted, or with `--auto` until the incident is closed. The exit code. */
export async function up(options: UpOptions): Promise<number> {
  const stopped = interrupted();
  let isStopped = false;
  const done = stopped.then(() => {
    isStopped = true;
  });
  if (options.trace) return upTrace({ ...options, trace: options.trace }, say, done);
  const file = findConfigFile({ env: process.env });
  if (file) return upConfigured(file, say, done);
  say('SAMPLE: no holdpoint.yaml here, so everything runs embedded, on this machine alone');
  const dir = homeDir();
  const loansDir = join(dir, 'loans');
  const loans = await told(say, 'loan services', startLoanServices(loansDir));
  const stack = await startStack({ dir, say, agents: { [AGENT]: loanAgent(loans.urls.applications) } });
  const scenario = scenarioOf(stack, loansDir, loans.urls);
  try {
    const running = runSample(stack, scenario, options, () => isStopped);
    return await Promise.race([running, done.then(() => 130)]);
  } finally {
    await scenario.stop();
    await stack.stop();
    await loans.stop();
  }
}

const scenarioOf = ({ dir, server, secrets, parts }: Stack, loansDir: string, urls: LoanUrls): Scenario =>
  new Scenario({
    dir,
    loansDir,
    urls,
    endpoint: server.url,
    key: secrets.HOLDPOINT_SAMPLE_KEY,
    store: parts.store,
    baseline: parts.baseline,
    say,
  });

async function runSample(
  stack: Stack,
  scenario: Scenario,
  options: UpOptions,
  isStopped: () => boolean,
): Promise<number> {
  const incidentId = await scenario.toIncident();
  const follower = new Follower(stack.parts.store, incidentId, say);
  if (!options.auto) {
    await follower.untilDecision();
    say(['', 'A person decides now. Open:', ...stack.addresses.map((line) => `  ${line}`), ''].join('\n'));
    await follower.untilEnded();
    say(`incident ${incidentId} has ended; a new \`npm start\` runs the next one`);
    return new Promise<number>(() => undefined);
  }
  const player = new Player({ standInUrl: stack.slack.url, incidentId, say, isStopped });
  await Promise.all([player.play(), follower.untilEnded()]);
  const summary = await summarise(stack, follower);
  say(
    `taps to the first decision: ${player.tapsToFirstDecision ?? '-'}; to closure: ${player.taps}; words typed: ${player.wordsTyped}`,
  );
  await print(summary, options.json === true);
  return verdict(summary);
}

async function summarise(stack: Stack, follower: Follower): Promise<Summary> {
  const { store, evidence } = stack.parts;
  const { state, events } = follower.history;
  const plans: Record<string, PlanAction[]> = {};
  for (const { spec } of Object.values(state.classes)) {
    const bytes = await evidence.get(spec.planUri);
    plans[spec.planUri] = Plan.parse(JSON.parse(new TextDecoder().decode(bytes))).actions;
  }
  const head = await store.audit.head(state.incidentId);
  const receipts = new Set(
    Object.values(state.distribution?.receipts ?? {}).flatMap(({ messageId }) => messageId ?? []),
  );
  const mails = stack.mail
    .mails()
    .filter(({ messageId }) => receipts.has(messageId ?? ''))
    .map(({ to, messageId }) => ({ to: [to].flat().join(', '), messageId: messageId ?? '' }));
  return summaryOf({ state, events, plans, auditHead: head?.head ?? '', mails });
}

const print = (summary: Summary, asJson: boolean): Promise<void> => {
  const text = asJson
    ? `${JSON.stringify(summary)}\n`
    : [
        `incident ${summary.incidentId}: ${summary.status}`,
        ...summary.checklist.map(
          ({ item, proven, proof }) =>
            `  ${proven ? 'proven' : 'OPEN  '}  ${item.replaceAll('_', ' ')}: ${proof}`,
        ),
        `  ${summary.reversals.length} actions settled, ${summary.mails.length} mails, audit head ${summary.auditHead}`,
        '',
      ].join('\n');
  return new Promise((resolve, reject) =>
    process.stdout.write(text, (error) => (error ? reject(error) : resolve())),
  );
};

/** Closed with eleven proofs, every action settled; anything else is a failed run. */
function verdict({ status, checklist, reversals }: Summary): number {
  const open = checklist.filter(({ proven }) => !proven).map(({ item }) => item);
  const unsettled = reversals.filter(({ outcome }) => outcome !== 'done' && outcome !== 'remediated');
  if (status === 'closed' && open.length === 0 && unsettled.length === 0) return 0;
  say(
    `the run failed: ${status}; open: ${open.join(', ') || 'none'}; unsettled actions: ${unsettled.length}`,
  );
  return 1;
}
