import { createNotifyActivities } from '../../../src/activities/notify.ts';
import type { NotifyActivities } from '../../../src/activities/types.ts';
import { mapBasis } from '../../../src/domain/incident/basis.ts';
import type { IncidentState } from '../../../src/domain/incident/state.ts';
import {
  CHANNELS,
  PEOPLE,
  sampleWorkspace,
  TEAM_ID,
  USER_GROUPS,
} from '../../../src/embedded/slack/sample-workspace.ts';
import {
  startSlackStandIn,
  type SlackStandIn,
  type SlackStandInOptions,
} from '../../../src/embedded/slack/stand-in.ts';
import type { Acted } from '../../../src/embedded/slack/people/person.ts';
import { createSlackApp, SLACK_PATH, type SlackApp } from '../../../src/slack/app.ts';
import { createSlackClient } from '../../../src/slack/client.ts';
import type { EvidenceReader } from '../../../src/slack/evidence.ts';
import type { Patience } from '../../../src/slack/listeners/in-time.ts';
import { silent } from '../../../src/slack/log.ts';
import { PeopleConfig, slackActorId } from '../../../src/slack/people.ts';
import type { PlanFile } from '../../../src/slack/plan-file.ts';
import { proseOf } from '../../../src/slack/prose.ts';
import { Section } from '../../../src/domain/incident/vocabulary.ts';
import { DeciderIncidents, type EngineWords } from './decider-incidents.ts';
import { memoryStore, type MemoryStore } from './memory-store.ts';
import * as samples from './samples.ts';

export const actor = (user: string): string => slackActorId(TEAM_ID, user);

export interface WorldOptions {
  people?: Partial<PeopleConfig>;
  standIn?: Partial<SlackStandInOptions>;
  owners?: string[];
  now?: () => number;
  signOffsIn?: 'channel' | 'thread';
  socketMode?: boolean;
  room?: 'thread' | 'channel';
  patience?: Partial<Patience>;
}

export type Name = keyof typeof PEOPLE;

interface Page {
  to: string;
  text: string;
}

interface Parts {
  standIn: SlackStandIn;
  slack: SlackApp;
  endpoint: string;
  makeApp: () => Promise<{ slack: SlackApp; endpoint: string }>;
  incidents: DeciderIncidents;
  store: MemoryStore;
  notify: NotifyActivities;
  plans: Map<string, PlanFile>;
  pages: Page[];
}

/** A stand-in, the real app and activities, and the real decider, all on loopback and in memory. */
export class World {
  readonly incidentId = samples.INCIDENT;
  readonly standIn: SlackStandIn;
  slack: SlackApp;
  /** Where the app listens. */
  endpoint: string;
  readonly incidents: DeciderIncidents;
  readonly store: MemoryStore;
  readonly notify: NotifyActivities;
  readonly plans: Map<string, PlanFile>;
  readonly pages: Page[];
  /** Pages that were taken off people: the event's number, and how. */
  readonly settledPages: string[] = [];
  /** The pager is out of order. */
  pagerFails = false;
  /** Done by others while a page is on its way. */
  whilePaging: () => void = () => undefined;

  private readonly makeApp: Parts['makeApp'];

  constructor(parts: Parts) {
    this.standIn = parts.standIn;
    this.slack = parts.slack;
    this.endpoint = parts.endpoint;
    this.makeApp = parts.makeApp;
    this.incidents = parts.incidents;
    this.store = parts.store;
    this.notify = parts.notify;
    this.plans = parts.plans;
    this.pages = parts.pages;
  }

  get state(): IncidentState {
    return this.incidents.state(this.incidentId);
  }

  engine(words: EngineWords): void {
    this.incidents.engine(this.incidentId, words);
  }

  /** What the workflow's card loop does after an event. */
  async refresh(): Promise<void> {
    await this.notify.refreshCard({ incidentId: this.incidentId, seq: this.state.seq });
  }

  person(name: Name) {
    return this.standIn.person(PEOPLE[name]);
  }

  /** An incident whose agent is contained, sealed and analysed: the first human decision. */
  analysed(analysis: Partial<samples.AnalysisWords> = {}): void {
    const now = this.incidents.nowMs();
    this.incidents.open(this.incidentId, samples.AGENT, samples.alert(now), undefined, [actor(PEOPLE.dana)]);
    const targetId = `session:${samples.SESSION}`;
    this.engine({ type: 'orderContainment', targetId, action: 'pause', adapter: 'stop-switch' });
    this.engine({
      type: 'reportContainment',
      targetId,
      status: 'confirmed',
      evidence: 'The agent said it stopped.',
    });
    this.engine({ type: 'reportSeal', seal: samples.seal(now) });
    this.engine({
      type: 'proveItem',
      item: 'trace_exported',
      ok: true,
      basis: samples.sealsBasisOf(this.state),
      proof: 'Hashed again.',
    });
    this.engine({ type: 'suggestAnalysis', ...samples.analysis(), ...analysis });
    this.approvers([PEOPLE.ana, PEOPLE.ben, PEOPLE.chidi]);
  }

  /** Another session with the same pattern: contained, sealed, analysed. */
  joined(sessionId: string): void {
    const manifestSha256 = samples.sha(sessionId);
    this.joinedUnsealed(sessionId);
    this.engine({
      type: 'reportSeal',
      seal: { ...samples.seal(this.incidents.nowMs()), sessionId, manifestSha256 },
    });
    const analysisSha256 = samples.sha(`analysis of ${sessionId}`);
    this.engine({
      type: 'suggestAnalysis',
      ...samples.analysis(),
      sessionId,
      manifestSha256,
      analysisSha256,
    });
  }

  /** Another session, stopped, whose trace cannot be read. */
  joinedUnsealed(sessionId: string): void {
    const targetId = `session:${sessionId}`;
    this.engine({ type: 'joinSession', sessionId, because: 'the same pattern' });
    this.engine({ type: 'orderContainment', targetId, action: 'pause', adapter: 'stop-switch' });
    this.engine({ type: 'reportContainment', targetId, status: 'confirmed', evidence: 'Stopped.' });
  }

  approvers(users: string[]): void {
    this.engine({ type: 'refreshApprovers', approverIds: users.map(actor), because: 'the user group' });
  }

  /** The engine maps what was touched and asks for the reversible ones. */
  mapped(classes: samples.Planned[]): void {
    for (const { spec, plan } of classes) this.plans.set(spec.planUri, plan);
    this.engine({
      type: 'mapBlastRadius',
      basis: mapBasis(this.state),
      classes: classes.map(({ spec }) => spec),
      attempted: 0,
      total: classes.reduce((sum, { spec }) => sum + spec.count, 0),
      subagents: 0,
    });
    for (const { spec } of classes)
      if (spec.kind === 'reversible')
        this.engine({
          type: 'requestSignOff',
          requestId: `${spec.classId}.1`,
          classId: spec.classId,
          planSha256: spec.planSha256,
          remediation: null,
        });
  }

  /** What the engine drafts once the plans are signed. */
  drafted(): void {
    for (const section of Section.options)
      this.engine({ type: 'draftSection', section, text: proseOf(`Drafted: ${section}.`) });
  }

  /** The signed reversals of a class ran, all of them. */
  reversed({ spec }: samples.Planned, result: 'done' | 'uncertain' = 'done'): void {
    const indices = this.state.classes[spec.classId]?.authorised ?? [];
    const batchId = `${spec.classId}-b`;
    this.engine({ type: 'orderReversals', batchId, requestId: `${spec.classId}.1`, indices });
    this.engine({
      type: 'reportReversals',
      batchId,
      done: result === 'done' ? indices : [],
      notDone: [],
      uncertain: result === 'uncertain' ? indices : [],
      evidenceUri: 'file:batch',
      evidenceSha256: samples.sha('batch'),
    });
  }

  /** The postmortem reached both teams. */
  distributed(statuses: ('sent' | 'uncertain')[] = ['sent', 'sent']): void {
    const { version } = this.state.postmortem;
    const recipients = [
      { recipientId: 'mail:platform', kind: 'mail' as const, team: 'platform' as const },
      { recipientId: 'mail:on-call', kind: 'mail' as const, team: 'on_call' as const },
    ];
    const document = { documentSha256: samples.sha('document'), documentUri: 'file:document' };
    this.engine({ type: 'planDistribution', version, ...document, recipients });
    recipients.forEach(({ recipientId }, i) =>
      this.engine({
        type: 'reportReceipt',
        version,
        recipientId,
        status: statuses[i] ?? 'sent',
        messageId: 'm',
        note: null,
      }),
    );
  }

  /** Messages of the incident channel as one person sees them, oldest first. */
  messages() {
    return this.standIn.state.workspace.messages.filter(
      (message) => message.channel === CHANNELS.incidents && message.ephemeralFor === null,
    );
  }

  card() {
    const found = this.messages().find((message) => message.threadTs === null);
    if (!found) throw new Error('no card was posted');
    return found;
  }

  /** The newest message whose heading begins with these words. */
  signOff(words: string) {
    const heading = (block: { type: string; text?: unknown } | undefined): string =>
      JSON.stringify(block?.text ?? '');
    const found = this.messages().findLast(({ blocks }) => heading(blocks[0]).includes(`"text":"${words}`));
    if (!found) throw new Error(`no message begins with ${words}`);
    return found;
  }

  /** The modal a person has before them, or null. */
  modal(name: Name) {
    const { stacks, views } = this.standIn.state.workspace;
    return views[stacks[PEOPLE[name]]?.at(-1) ?? ''] ?? null;
  }

  /** Everything that can be read in the modal a person has before them. */
  reads(name: Name): string {
    return JSON.stringify(this.modal(name)?.blocks ?? null);
  }

  /** Presses a button by what stands on it: in the modal that is open, else in the message (the card). */
  async press(name: Name, label: string, ts: string | null = null): Promise<Acted> {
    const modal = ts === null ? this.modal(name) : null;
    const acted = modal
      ? await this.person(name).clickInView(modal.id, { label })
      : await this.person(name).click(CHANNELS.incidents, ts ?? this.card().ts, { label });
    const isFilled = (): boolean => !this.reads(name).includes('"Loading…"');
    if (acted.ok) await this.until(isFilled, 'filled');
    return acted;
  }

  /** Picks what is behind the card's `More`. */
  async more(name: Name, choice: string): Promise<Acted> {
    await this.press(name, 'More', this.card().ts);
    return await this.press(name, choice);
  }

  /** Fills in and submits the modal that is open. */
  async fill(name: Name, values: Record<string, string | string[]>): Promise<Acted> {
    const modal = this.modal(name);
    if (!modal) throw new Error(`${name} has no modal open`);
    if (!modal.submit) throw new Error(`${name} cannot submit: ${this.reads(name)}`);
    return await this.person(name).submitView(modal.id, values);
  }

  /** Waits until the person was told something that fits. */
  async hears(name: Name, words: string | RegExp): Promise<void> {
    const fits = (text: string): boolean =>
      typeof words === 'string' ? text.includes(words) : words.test(text);
    await this.until(
      () => this.told(name).some(fits),
      () => `${name} hears ${words}; heard: ${this.told(name).join(' | ')}; ${this.lastAnswers()}`,
    );
  }

  /** What the app answered Slack lately, for a test that waits in vain. */
  private lastAnswers(): string {
    const last = this.standIn.state.deliveries.slice(-3);
    return last.map(({ kind, status, error, body }) => `${kind} ${status ?? error}: ${body}`).join(' | ');
  }

  /** What only this person was told, newest last. */
  told(name: Name): string[] {
    return this.standIn.state.workspace.messages
      .filter(
        (message) => message.ephemeralFor === PEOPLE[name] || message.channel === `D${PEOPLE[name].slice(1)}`,
      )
      .map((message) => message.text);
  }

  /** Waits until `condition` holds; work after an answer is not awaited by Slack. */
  async until(condition: () => boolean | Promise<boolean>, what: string | (() => string)): Promise<void> {
    const deadline = performance.now() + 45_000;
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error(`never: ${typeof what === 'string' ? what : what()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The app's process ends and another one starts, on another port. */
  async restart(): Promise<void> {
    await this.slack.stop();
    Object.assign(this, await this.makeApp());
    this.standIn.setRequestUrl(this.endpoint);
  }

  async close(): Promise<void> {
    await this.slack.stop();
    await this.standIn.close();
  }
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const now = options.now ?? Date.now;
  const standIn = await startSlackStandIn({
    ...sampleWorkspace(),
    host: '127.0.0.1',
    signingSecret: 'a-signing-secret',
    botToken: 'xoxb-a-token',
    requestUrl: 'http://127.0.0.1:9/',
    rateLimits: 'off',
    eventRetryDelaysMs: [20],
    ackTimeoutMs: 60_000,
    ...(options.socketMode ? { appToken: 'xapp-a-token' } : {}),
    now,
    ...options.standIn,
  });
  const store = memoryStore();
  const incidents = new DeciderIncidents(store, now);
  const plans = new Map<string, PlanFile>();
  const evidence = evidenceOf(plans);
  const people = PeopleConfig.parse({
    roles: {
      [PEOPLE.ana]: ['responder'],
      [PEOPLE.ben]: ['responder'],
      [PEOPLE.chidi]: ['responder'],
      [PEOPLE.dana]: ['responder', 'approver'],
    },
    approverGroups: [USER_GROUPS.incidentApprovers],
    onCall: { primary: [PEOPLE.ana], secondary: [PEOPLE.ben], manager: [PEOPLE.chidi] },
    ...options.people,
  });
  const shared = {
    evidence,
    people,
    store,
    now,
    log: silent,
    pageUrl: (id: string) => `http://127.0.0.1:8080/incidents/${id}`,
  };
  const makeApp: Parts['makeApp'] = async () => {
    const app = createSlackApp({
      ...shared,
      signingSecret: options.socketMode ? '' : 'a-signing-secret',
      ...(options.socketMode ? { appToken: 'xapp-a-token' } : {}),
      botToken: 'xoxb-a-token',
      incidents,
      slackApiUrl: standIn.apiUrl,
      // Long, so that a busy machine changes no answer; what is late is tried with short ones.
      patience: {
        ackMs: 60_000,
        callMs: 40_000,
        lookUpMs: 40_000,
        decideMs: 40_000,
        fillMs: 40_000,
        ...options.patience,
      },
      agents: [samples.AGENT, 'refund-agent'],
      recipients: { platform: ['platform@example.com'], onCall: [CHANNELS.onCall] },
      listen: { host: '127.0.0.1', port: 0 },
    });
    const { port } = await app.start();
    return { slack: app, endpoint: `http://127.0.0.1:${port}${SLACK_PATH}` };
  };
  const { slack, endpoint } = await makeApp();
  standIn.setRequestUrl(endpoint);
  const pages: Page[] = [];
  const notify = createNotifyActivities({
    ...shared,
    client: createSlackClient({ botToken: 'xoxb-a-token', slackApiUrl: standIn.apiUrl, timeoutMs: 40_000 }),
    config: {
      channel: CHANNELS.incidents,
      signOffsIn: options.signOffsIn ?? 'channel',
      room: options.room ?? 'thread',
    },
    page: async ({ to, text }) => {
      if (world.pagerFails) throw new Error('the pager does not answer');
      pages.push({ to, text });
      world.whilePaging();
    },
    settlePage: async (key, as) => {
      if (world.pagerFails) throw new Error('the pager does not answer');
      world.settledPages.push(`${as} ${key.split(':').at(-1)}`);
    },
  });
  const world: World = new World({
    standIn,
    slack,
    endpoint,
    makeApp,
    incidents,
    store,
    notify,
    plans,
    pages,
  });
  return world;
}

function evidenceOf(plans: Map<string, PlanFile>): EvidenceReader {
  return {
    loadPlan: async (uri) => {
      const plan = plans.get(uri);
      if (!plan) throw new Error(`no plan at ${uri}`);
      return plan;
    },
    loadAnalysis: async () => samples.analysisFile(),
    loadContext: async () => ['user: Decide application APP-1', 'tool: {"gross_income_v2": 5200}'],
  };
}
