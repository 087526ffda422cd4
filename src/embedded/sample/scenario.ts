import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Baseline } from '../../activities/baseline.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import type { IncidentRow, Store } from '../../store/port.ts';
import { until, type ServerProcess } from '../processes.ts';
import { AGENT } from './config.ts';
import {
  completedSessions,
  declinedCount,
  doneCounts,
  type LoanUrls,
  renameIncomeField,
  startLoanAgent,
  untilEnded,
} from './loans.ts';

const Progress = z.object({
  run: z.int().positive(),
  stage: z.enum(['learn', 'break', 'harm', 'alert', 'incident']),
  field: z.string(),
  /** What the alert is about; a second post of the same alert after a restart joins the incident of the first. */
  sessionId: z.string(),
  alertId: z.string(),
  incidentId: z.string().nullable(),
});
type Progress = z.infer<typeof Progress>;

const noIncident = () => ({ sessionId: '', alertId: randomUUID(), incidentId: null });

const DOCUMENTED = 'annual_income';
/** What the provider calls the field after its release; another name each run. */
const RELEASES = [
  'income_yearly_gross',
  'gross_annual_income',
  'yearly_income_usd',
  'total_income',
  'incomePerYear',
];
const CLEAN_SESSIONS = 25;
const HARM_BEFORE_ALERT = 3;
/** A session with so many steps has decided its first application. */
const STEPS_TO_DECIDE = 10;
/** Longest waits for the agent; what it reports ends them, also on a machine that has much to do. */
const LEARN_MS = 300_000;
const HARM_MS = 180_000;
const ARRIVAL_MS = 60_000;

/** How long the stand-in thinks when the lesson is shown: as quick as a quick model. */
const THINKING_MS = 500;

export interface Again {
  incidentId: string;
  sessionId: string;
  /** What the incident is keyed by: the pattern of the first one. */
  pattern: string;
  title: string;
  lettersSent: number;
  decisionsRecorded: number;
}

const isStopped = ({ targets }: IncidentState): boolean =>
  Object.values(targets).some(({ status }) => status === 'confirmed' || status === 'already_ended');

export interface ScenarioDeps {
  dir: string;
  loansDir: string;
  urls: LoanUrls;
  endpoint: string;
  key: string;
  store: Store;
  baseline: Baseline;
  say: (line: string) => void;
}

/** The sample's story, with its place in it kept on disk, so that a restart goes on where it was. */
export class Scenario {
  private readonly deps: ScenarioDeps;
  private readonly file: string;
  private progress: Progress;
  private agent: ServerProcess | null = null;

  constructor(deps: ScenarioDeps) {
    this.deps = deps;
    this.file = join(deps.dir, 'sample.json');
    const saved = existsSync(this.file)
      ? Progress.safeParse(JSON.parse(readFileSync(this.file, 'utf8')))
      : null;
    this.progress = saved?.success
      ? saved.data
      : { run: 1, stage: 'learn', field: DOCUMENTED, ...noIncident() };
  }

  private save(change: Partial<Progress>): void {
    this.progress = { ...this.progress, ...change };
    writeFileSync(`${this.file}.new`, JSON.stringify(this.progress));
    renameSync(`${this.file}.new`, this.file);
  }

  /** Goes on to the incident: its id, and whether an earlier start opened it. After an ended one comes the next. */
  async toIncident(): Promise<{ incidentId: string; isResumed: boolean }> {
    await this.nextRunIfEnded();
    const isResumed = this.progress.incidentId !== null;
    if (this.progress.stage === 'learn') await this.learn();
    if (this.progress.stage === 'break') await this.breakQuietly();
    if (this.progress.stage === 'harm') await this.harm();
    if (this.progress.stage === 'alert') await this.alert();
    return { incidentId: this.progress.incidentId ?? '', isResumed };
  }

  /**
   * The same failure once more, after the lesson: the provider renames the field again, the agent runs, and the rule that
   * the closed incident left behind stops it. Throws when nothing stopped it within a minute.
   */
  async again(): Promise<Again> {
    const { urls, say, store } = this.deps;
    await this.refuseWhileOpen();
    const { run, field } = this.progress;
    const next = RELEASES[run % RELEASES.length] ?? 'income';
    await renameIncomeField(urls, field, next);
    this.save({ run: run + 1, stage: 'break', field: next, ...noIncident() });
    say('the income service quietly renamed the field again; the agent runs as before');
    const before = await doneCounts(urls);
    const startedAtMs = Date.now();
    this.agent = await startLoanAgent({ ...this.agentRun(THINKING_MS), sessions: 'forever' });
    const opened = async () =>
      (await store.incidents.list({ status: 'open', agent: AGENT, limit: 5 })).find(
        ({ state }) => state.openedAt >= startedAtMs && isStopped(state),
      );
    let row: IncidentRow | undefined;
    await until(async () => (row = await opened()) !== undefined, 60_000);
    if (!row)
      throw new Error('nothing stopped the agent within a minute: see agent.log in the sample folder');
    const { incidentId, state } = row;
    this.save({ stage: 'incident', incidentId });
    // What the agent was doing when it was told would be done by now.
    await pause(4 * THINKING_MS);
    const after = await doneCounts(urls);
    const [sessionId = ''] = Object.keys(state.sessions);
    return {
      incidentId,
      sessionId,
      pattern: state.dedupKey,
      title: state.alerts.first?.title ?? '',
      lettersSent: after.letters - before.letters,
      decisionsRecorded: after.decisions - before.decisions,
    };
  }

  /** Whether a closed incident has left a rule. */
  async hasLesson(): Promise<boolean> {
    return (await this.deps.store.documents.list('live_rule', `${AGENT}/`)).length > 0;
  }

  private async refuseWhileOpen(): Promise<void> {
    const [open] = await this.deps.store.incidents.list({ status: 'open', agent: AGENT, limit: 1 });
    if (open)
      throw new Error(
        `incident ${open.incidentId} is open and holds the agent: end it with npm start, or npm start -- --auto, then run --again`,
      );
  }

  async stop(): Promise<void> {
    await this.agent?.stop();
  }

  private async nextRunIfEnded(): Promise<void> {
    const { incidentId, run } = this.progress;
    if (!incidentId) return;
    const row = await this.deps.store.incidents.get(incidentId);
    if (!row || row.state.status === 'open') {
      this.deps.say(`going on with incident ${incidentId}`);
      return;
    }
    this.save({ run: run + 1, stage: 'break', ...noIncident() });
  }

  private async learn(): Promise<void> {
    const { say, baseline, loansDir } = this.deps;
    say(`the loan agent runs ${CLEAN_SESSIONS} clean sessions`);
    const left = CLEAN_SESSIONS - completedSessions(loansDir).length;
    if (left > 0) {
      this.agent = await startLoanAgent({ ...this.agentRun(0), sessions: left });
      await untilEnded(this.agent, loansDir, LEARN_MS);
    }
    const profile = await baseline.learn(AGENT, completedSessions(loansDir));
    say(`learned from ${profile.sessions} sessions what is normal: ${Object.keys(profile.tools).join(', ')}`);
    this.save({ stage: 'break' });
  }

  private async breakQuietly(): Promise<void> {
    const { say, urls } = this.deps;
    const { field, run } = this.progress;
    const next = RELEASES[(run - 1) % RELEASES.length] ?? 'income';
    if (field !== next) await renameIncomeField(urls, field, next);
    say(`the income service quietly renamed a field; it answers 200 to everything`);
    this.save({ stage: 'harm', field: next });
  }

  private async harm(): Promise<void> {
    const { urls } = this.deps;
    const before = await declinedCount(urls);
    const startedAtMs = Date.now();
    const agent = await startLoanAgent({ ...this.agentRun(120), sessions: 'forever' });
    this.agent = agent;
    const isHarmed = async () => (await declinedCount(urls)) >= before + HARM_BEFORE_ALERT;
    await until(async () => !agent.isRunning() || (await isHarmed()), HARM_MS);
    if (!(await isHarmed()))
      throw new Error('the agent declined nothing: see agent.log in the sample folder');
    this.save({ stage: 'alert', sessionId: await this.deciding(startedAtMs) });
  }

  /** The newest session that is long enough to have decided something, by its metadata alone. */
  private async deciding(sinceMs: number): Promise<string> {
    const window = { fromMs: sinceMs, toMs: Date.now() + 60_000, entityId: null, limit: 10 };
    let sessionId: string | undefined;
    const isThere = async (): Promise<boolean> => {
      const found = await this.deps.store.spans.findSessions(AGENT, window);
      sessionId = found.find(({ spans }) => spans >= STEPS_TO_DECIDE)?.sessionId;
      return sessionId !== undefined;
    };
    await until(isThere, ARRIVAL_MS);
    if (!sessionId) throw new Error('no session of the agent arrived: see agent.log in the sample folder');
    return sessionId;
  }

  private async alert(): Promise<void> {
    this.deps.say(`the decline rate jumped; the agent's dashboards are green. An alert is posted`);
    const { sessionId, alertId } = this.progress;
    const body = JSON.stringify({
      agent: AGENT,
      title: 'Decline rate of loan applications is 100 % over the last decisions; usual is 35 %',
      sessionId,
      alertId,
      severity: 'sev2',
    });
    const answer = await fetch(`${this.deps.endpoint}/api/v1/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.deps.key}` },
      body,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the alert was refused: ${answer.status} ${text}`);
    const { incidentId } = z.looseObject({ incidentId: z.string() }).parse(JSON.parse(text));
    this.save({ stage: 'incident', incidentId });
  }

  private agentRun(paceMs: number) {
    const { endpoint, key, loansDir } = this.deps;
    return { endpoint, key, dir: loansDir, paceMs };
  }
}
