import { recordFirst } from '../../../src/activities/record-first.ts';
import { createShowActivities } from '../../../src/activities/show.ts';
import type { IncidentActivities } from '../../../src/activities/types.ts';
import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import { intersect, minus, type Ranges } from '../../../src/domain/incident/ranges.ts';
import { Section, type Seal } from '../../../src/domain/incident/vocabulary.ts';
import { proseOf, sha } from './cast.ts';

/** What an activity would answer: the workflow is what these tests are about; the real ones have tests of their own. */
export interface Answers {
  /** Sends a command of the engine, as the reversals' report does. */
  report: (incidentId: string, words: Record<string, unknown>) => Promise<void>;
  contain?: IncidentActivities['contain'];
  rehash?: () => { ok: boolean; proof: string };
  sealSession?: (order: { sessionId: string; sealNumber: number }) => Promise<Partial<Seal>>;
  /** Called before a notice is taken; what it throws makes Temporal try again. */
  beforeNotice?: (type: string) => Promise<void>;
  approverIds?: () => string[] | null;
  uncertain?: Ranges;
}

export interface Recorded {
  activities: IncidentActivities;
  log: IncidentEvent[];
  calls: string[];
}

const seal = (sessionId: string, sealNumber: number): Seal => ({
  sessionId,
  sealNumber,
  manifestSha256: sha(`${sessionId}/${sealNumber}`),
  uri: `sha256:${sha(`${sessionId}/${sealNumber}`)}`,
  pages: 1,
  steps: 20,
  complete: true,
  missing: [],
  sessionStartedAtMs: 1_000,
  sessionEndedAtMs: 2_000,
  sealedAtMs: Date.now() + 60_000,
  rotatesAtMs: null,
  modelCalls: 9,
  tokens: 4_000,
  costUsd: null,
  baselineTokens: 3_900,
});

/** Activities that answer at once and write down that they were called. */
export function recordedActivities(answers: Answers): Recorded {
  const log: IncidentEvent[] = [];
  const calls: string[] = [];
  const say = (name: string): void => void calls.push(name);
  const plan = (classId: string) => ({ planSha256: sha(classId), planUri: `sha256:${sha(classId)}` });
  const activities: IncidentActivities = {
    async contain(order) {
      say('contain');
      return answers.contain
        ? answers.contain(order)
        : { adapter: 'stop-switch', status: 'confirmed', evidence: 'The agent said so.' };
    },
    async release() {
      say('release');
    },
    async sealSession({ sessionId, sealNumber }) {
      say('sealSession');
      const found = (await answers.sealSession?.({ sessionId, sealNumber })) ?? {};
      return { ...seal(sessionId, sealNumber), ...found };
    },
    async rehash() {
      say('rehash');
      return answers.rehash?.() ?? { ok: true, proof: 'Every file has the digest it was sealed with.' };
    },
    async findSessions() {
      say('findSessions');
      return [{ sessionId: 's-found', because: 'Ran at that time.' }];
    },
    async analyseSession({ sessionId, manifestSha256 }) {
      say('analyseSession');
      return {
        analysis: {
          sessionId,
          manifestSha256,
          analysisSha256: sha(`analysis ${manifestSha256}`),
          analysisUri: `sha256:${sha(`analysis ${manifestSha256}`)}`,
          mode: 'tool_misfire',
          nearest: 'tool_misfire',
          scores: { tool_misfire: 0.9 },
          margin: 0.7,
          because: 'A tool answered in another shape.',
          firstAction: 'Audit the downstream system now.',
          provisional: false,
          candidates: [{ step: 4, score: 0.9, reason: 'A field was renamed.' }],
          symptomStep: 9,
          readingOrder: [4, 1, 2, 3],
          cascadePath: [4, 5, 9],
          failurePattern: `drift:${sessionId}`,
        },
        subagents: [],
      };
    },
    async mapBlastRadius() {
      say('mapBlastRadius');
      const base = { uncertain: 0, unknownTool: false, windowClosesAtMs: null };
      return {
        classes: [
          {
            ...base,
            classId: 'set-1',
            tool: 'set',
            kind: 'reversible',
            strategy: 'set(back)',
            count: 3,
            ...plan('set-1'),
          },
          {
            ...base,
            classId: 'mail-1',
            tool: 'mail',
            kind: 'irreversible',
            strategy: 'remediation plan',
            count: 2,
            ...plan('mail-1'),
          },
        ],
        attempted: 0,
        total: 5,
        subagents: 0,
      };
    },
    async proveLesson({ items }) {
      return items.map((item) => ({ item, ok: true, proof: 'Held.' }));
    },
    async runEvalRegression() {
      return { ok: true, proof: 'Ran.' };
    },
    async armLiveRule() {
      return { ok: true, proof: 'Armed.' };
    },
    async reverseWindow({ indices }) {
      say('reverseWindow');
      const uncertain = intersect(indices, answers.uncertain ?? []);
      return { done: minus(indices, uncertain), notDone: [], uncertain };
    },
    async reportBatch({ incidentId, ...report }) {
      await answers.report(incidentId, {
        type: 'reportReversals',
        ...report,
        evidenceUri: 'sha256:0',
        evidenceSha256: sha('report'),
      });
    },
    async appendEvents({ events }) {
      for (const event of events) if (!log.some((known) => known.seq === event.seq)) log.push(event);
      return { head: String(log.length) };
    },
    async archiveHistory() {
      say('archiveHistory');
      return { uri: 'sha256:0', sha256: sha('history') };
    },
    async refreshCard() {
      say('refreshCard');
      return { shownSeq: log.length };
    },
    async appendAndShow(order) {
      say('appendAndShow');
      return createShowActivities(activities).appendAndShow(order);
    },
    async sendNotice({ seq }) {
      await answers.beforeNotice?.(log.find((event) => event.seq === seq)?.type ?? '');
      say(`notice ${log.find((event) => event.seq === seq)?.type ?? seq}`);
    },
    async sendRefusal({ late }) {
      say(`refusal ${late.refusal.code}`);
    },
    async refreshApprovers() {
      const approverIds = answers.approverIds ? answers.approverIds() : ['ana', 'ben', 'chidi'];
      return { approverIds, because: 'configuration' };
    },
    async draftPostmortem() {
      return Section.options.map((section) => ({ section, text: proseOf(`Draft of ${section}`) }));
    },
    async planDistribution() {
      return {
        documentSha256: sha('document'),
        documentUri: 'sha256:0',
        recipients: [
          { recipientId: 'rcp-platform', kind: 'mail', team: 'platform' },
          { recipientId: 'rcp-oncall', kind: 'mail', team: 'on_call' },
        ],
      };
    },
    async sendPostmortem({ recipientId }) {
      say(`mail ${recipientId}`);
      return { status: 'sent', messageId: `<${recipientId}@test>`, note: null };
    },
  };
  Object.assign(activities, recordFirst(activities, activities));
  return { activities, log, calls };
}
