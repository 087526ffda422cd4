import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Baseline } from '../../activities/baseline.ts';
import type { Store } from '../../store/port.ts';
import { until, type ServerProcess } from '../processes.ts';
import { AGENT } from './config.ts';
import { declinedCount, type LoanUrls, renameIncomeField, runLoanSessions, startLoanAgent } from './loans.ts';

const Progress = z.object({
  run: z.int().positive(),
  stage: z.enum(['learn', 'break', 'alert', 'incident']),
  field: z.string(),
  incidentId: z.string().nullable(),
  /** The alert's own id: a second post of it after a restart joins instead of opening another incident. */
  alertId: z.string(),
});
type Progress = z.infer<typeof Progress>;

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
      : { run: 1, stage: 'learn', field: DOCUMENTED, incidentId: null, alertId: randomUUID() };
  }

  private save(change: Partial<Progress>): void {
    this.progress = { ...this.progress, ...change };
    writeFileSync(`${this.file}.new`, JSON.stringify(this.progress));
    renameSync(`${this.file}.new`, this.file);
  }

  /** Goes on to the incident: its id. A run whose incident has ended is followed by the next. */
  async toIncident(): Promise<string> {
    await this.nextRunIfEnded();
    if (this.progress.stage === 'learn') await this.learn();
    if (this.progress.stage === 'break') await this.breakQuietly();
    if (this.progress.stage === 'alert') await this.harmAndAlert();
    return this.progress.incidentId ?? '';
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
    this.save({ run: run + 1, stage: 'break', incidentId: null, alertId: randomUUID() });
  }

  private async learn(): Promise<void> {
    const { say, store, baseline } = this.deps;
    say(`the loan agent runs ${CLEAN_SESSIONS} clean sessions`);
    await runLoanSessions({ ...this.agentRun(0), sessions: CLEAN_SESSIONS }, 120_000);
    const window = { fromMs: 0, toMs: Date.now() + 60_000, entityId: null, limit: 1_000 };
    const found = await store.spans.findSessions(AGENT, window);
    const profile = await baseline.learn(
      AGENT,
      found.map(({ sessionId }) => sessionId),
    );
    say(`learned from ${profile.sessions} sessions what is normal: ${Object.keys(profile.tools).join(', ')}`);
    this.save({ stage: 'break' });
  }

  private async breakQuietly(): Promise<void> {
    const { say, urls } = this.deps;
    const { field, run } = this.progress;
    const next = RELEASES[(run - 1) % RELEASES.length] ?? 'income';
    if (field !== next) await renameIncomeField(urls, field, next);
    say(`the income service quietly renamed a field; it answers 200 to everything`);
    this.save({ stage: 'alert', field: next });
  }

  private async harmAndAlert(): Promise<void> {
    const { say, urls } = this.deps;
    const before = await declinedCount(urls);
    const startedAtMs = Date.now();
    this.agent = await startLoanAgent({ ...this.agentRun(120), sessions: 'forever' });
    const harmed = await until(async () => (await declinedCount(urls)) >= before + HARM_BEFORE_ALERT, 60_000);
    if (!harmed) throw new Error('the agent declined nothing: see agent.log in the sample folder');
    const sessionId = await this.deciding(startedAtMs);
    say(`the decline rate jumped; the agent's dashboards are green. An alert is posted`);
    const incidentId = await this.alert(sessionId);
    this.save({ stage: 'incident', incidentId });
  }

  /** The session that made the newest decisions, by its metadata alone. */
  private async deciding(sinceMs: number): Promise<string> {
    const window = { fromMs: sinceMs - 5_000, toMs: Date.now() + 60_000, entityId: null, limit: 1 };
    let sessionId = '';
    await until(async () => {
      sessionId = (await this.deps.store.spans.findSessions(AGENT, window))[0]?.sessionId ?? '';
      return sessionId !== '';
    }, 10_000);
    return sessionId;
  }

  private async alert(sessionId: string): Promise<string> {
    const body = JSON.stringify({
      agent: AGENT,
      title: 'Decline rate of loan applications is 100 % over the last decisions; usual is 35 %',
      sessionId,
      alertId: this.progress.alertId,
      severity: 'sev2',
    });
    const answer = await fetch(`${this.deps.endpoint}/api/v1/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.deps.key}` },
      body,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the alert was refused: ${answer.status} ${text}`);
    return z.looseObject({ incidentId: z.string() }).parse(JSON.parse(text)).incidentId;
  }

  private agentRun(paceMs: number) {
    const { endpoint, key, loansDir } = this.deps;
    return { endpoint, key, dir: loansDir, paceMs };
  }
}
