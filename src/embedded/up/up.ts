import { findConfigFile } from '../../config.ts';
import { homeDir } from '../home.ts';
import { join } from 'node:path';
import { AGENT, loanAgent } from '../sample/config.ts';
import { type LoanUrls, startLoanServices } from '../sample/loans.ts';
import { type Run, type Say, told } from './parts.ts';
import { Follower } from '../sample/follow.ts';
import { Player } from '../sample/player.ts';
import { Scenario } from '../sample/scenario.ts';
import { Plan, type PlanAction } from '../../activities/plan.ts';
import { summaryOf, type Summary } from '../sample/summary.ts';
import { startStack, type Stack } from './stack.ts';
import { interruption, unlessInterrupted } from './interrupted.ts';
import { Stops } from './stops.ts';
import { upConfigured } from './configured.ts';
import { upTrace } from './trace.ts';

export interface UpOptions {
  auto?: boolean;
  /** The sample once more, after the lesson of its first incident. */
  again?: boolean;
  json?: boolean;
  trace?: string;
  tools?: string;
  profile?: string;
}

const INTERRUPTED = 130;

const say: Say = (line) => void process.stderr.write(`${line}\n`);

/** Runs until interrupted, or with `--auto` until the incident is closed. The exit code; 130 for an unfinished `--auto`. */
export async function up(options: UpOptions): Promise<number> {
  const signal = interruption(say);
  const quiet: Say = (line) => {
    if (!signal.aborted) say(line);
  };
  const stops = new Stops(signal);
  try {
    return await start(options, { say: quiet, signal, stops });
  } catch (error) {
    // What fails once we are stopping, fails because we are stopping.
    if (!signal.aborted) throw error;
    return options.auto ? INTERRUPTED : 0;
  } finally {
    await stops.run();
  }
}

function start(options: UpOptions, run: Run): Promise<number> {
  if (options.trace) return upTrace({ ...options, trace: options.trace }, run);
  const file = findConfigFile({ env: process.env });
  if (file && (options.auto || options.again))
    throw new Error(
      `--auto and --again play the sample, but there is ${file}: leave them out, or start elsewhere.`,
    );
  return file ? upConfigured(file, run) : upSample(options, run);
}

async function upSample(options: UpOptions, run: Run): Promise<number> {
  const { stops, signal } = run;
  run.say('SAMPLE: no holdpoint.yaml here, so everything runs embedded, on this machine alone');
  const dir = homeDir();
  const loansDir = join(dir, 'loans');
  const loans = await stops.keep(told(run.say, 'loan services', startLoanServices(loansDir)));
  const agents = { [AGENT]: loanAgent(loans.urls.applications, options.again ? 'contain' : 'note') };
  const stack = await startStack({ dir, say: run.say, agents }, stops);
  const scenario = scenarioOf(stack, loansDir, loans.urls, run.say);
  stops.add(() => scenario.stop());
  return unlessInterrupted(signal, runSample(stack, scenario, options, run));
}

const scenarioOf = (
  { dir, server, secrets, parts }: Stack,
  loansDir: string,
  urls: LoanUrls,
  say: Say,
): Scenario =>
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

async function runSample(stack: Stack, scenario: Scenario, options: UpOptions, run: Run): Promise<number> {
  if (options.again) return runAgain(stack, scenario, options, run);
  return runIncident(stack, scenario, options, run);
}

/** The lesson at work: the agent is stopped at the first drifted answer. The incident stays open for people. */
async function runAgain(stack: Stack, scenario: Scenario, options: UpOptions, run: Run): Promise<number> {
  if (!(await scenario.hasLesson())) {
    run.say('no incident has left a lesson yet, so the first one is played now');
    const code = await runIncident(stack, scenario, { auto: true, again: true }, run);
    if (code !== 0) return code;
  }
  const again = await scenario.again();
  await scenario.stop();
  const { incidentId, sessionId, title, lettersSent, decisionsRecorded } = again;
  run.say(`stopped: ${title}`);
  run.say(
    `session ${sessionId}: ${lettersSent} letters sent, ${decisionsRecorded} decisions recorded. Incident ${incidentId} is open; npm start goes on with it`,
  );
  if (options.json) await write(`${JSON.stringify(again)}\n`);
  return lettersSent === 0 ? 0 : 1;
}

async function runIncident(
  stack: Stack,
  scenario: Scenario,
  options: UpOptions,
  { say, signal }: Run,
): Promise<number> {
  const { incidentId, isResumed } = await scenario.toIncident();
  const follower = new Follower(stack.parts.store, incidentId, say);
  if (isResumed) await follower.catchUp();
  if (!options.auto) {
    await follower.untilDecision();
    say(['', 'A person decides now. Open:', ...stack.addresses.map((line) => `  ${line}`), ''].join('\n'));
    await follower.untilEnded();
    say(`incident ${incidentId} has ended; a new \`npm start\` runs the next one`);
    return new Promise<number>(() => undefined);
  }
  if (options.again) {
    // Taken down once it is contained, so that its release lets nothing run into the same failure before we look.
    await follower.untilDecision();
    await scenario.stop();
  }
  const player = new Player({ standInUrl: stack.slack.url, incidentId, say, signal });
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
  return write(text);
};

const write = (text: string): Promise<void> =>
  new Promise((resolve, reject) =>
    process.stdout.write(text, (error) => (error ? reject(error) : resolve())),
  );

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
