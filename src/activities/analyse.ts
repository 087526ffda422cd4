import { ApplicationFailure } from '@temporalio/common';
import { sha256Of } from '../adapters/evidence/address.ts';
import { evidenceOf } from '../adapters/evidence/port.ts';
import { advised, type Advisor } from '../adapters/advisor/port.ts';
import { indicesOf } from '../domain/incident/ranges.ts';
import type { SpanStore } from '../store/port.ts';
import { createLessonActivities, type LessonDeps } from './lesson.ts';
import { type Located, Plan, planClasses } from './plan.ts';
import type { AnalyseActivities, MapOrder } from './types.ts';

export interface AnalyseDeps extends LessonDeps {
  /** A model to ask which candidate it is; none where nobody configured one. */
  advisor?: Advisor | null;
  spans: SpanStore;
  /** Subagents that may be contained without asking. */
  isAllowListed: (agent: string) => boolean;
}

const line = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 500) || '–';
const SEARCH_WINDOW_MS = 6 * 3_600_000;

async function executedKeys(deps: AnalyseDeps, executed: MapOrder['executed']): Promise<Set<string>> {
  const keys = new Set<string>();
  for (const { planUri, indices } of executed) {
    const plan = Plan.parse(JSON.parse(new TextDecoder().decode(await deps.evidence.get(planUri))));
    for (const index of indicesOf(indices)) {
      const action = plan.actions[index];
      if (action) keys.add(`${action.sessionId}#${action.step}`);
    }
  }
  return keys;
}

/** The first action comes from the mode; the suggestion from the sealed export alone, never from the live trace. */
export function createAnalyseActivities(deps: AnalyseDeps): AnalyseActivities {
  return {
    async findSessions({ agent, alert }) {
      const window = {
        fromMs: alert.firedAtMs - SEARCH_WINDOW_MS,
        toMs: alert.firedAtMs,
        entityId: alert.entityId,
        limit: 10,
      };
      const found = await deps.spans.findSessions(agent, window);
      return found.map(({ sessionId, startedAtMs, spans }) => ({
        sessionId,
        because: `Started ${new Date(startedAtMs).toISOString()}, ${spans} spans.`,
      }));
    },

    async analyseSession({ incidentId, agent, sessionId, manifestUri, manifestSha256, alert }) {
      const { analysis: found, subagents } = await deps.onSession('analyse', manifestUri, {
        tools: deps.toolsFor(agent),
        profile: await deps.profileFor(agent),
        hint: alert?.wrongValue ?? null,
      });
      const result = await advised(found, deps.advisor ?? null);
      const bytes = new TextEncoder().encode(JSON.stringify(result));
      const { uri } = await evidenceOf(deps.evidence, incidentId).put(bytes);
      const { failureMode, faultOrigin } = result;
      return {
        analysis: {
          sessionId,
          manifestSha256,
          analysisSha256: sha256Of(bytes),
          analysisUri: uri,
          mode: failureMode.mode,
          nearest: failureMode.nearest,
          scores: failureMode.scores,
          margin: failureMode.margin,
          because: line(failureMode.because),
          firstAction: line(failureMode.firstAction),
          provisional: !found.completeness.complete,
          candidates: faultOrigin.candidates
            .slice(0, 5)
            .map(({ step, score, reason }) => ({ step, score, reason: line(reason) })),
          symptomStep: faultOrigin.symptom,
          readingOrder: faultOrigin.readingOrder.slice(0, 20),
          cascadePath: result.cascadePath.slice(0, 200),
          failurePattern: line(result.failurePattern),
        },
        subagents: subagents.map(({ traceId, agent: own }) => {
          const name = own ?? agent;
          return { traceId, agent: name, allowListed: deps.isAllowListed(name) };
        }),
      };
    },

    async mapBlastRadius({ incidentId, agent, sessions, executed }) {
      const tools = deps.toolsFor(agent);
      const ran = await executedKeys(deps, executed);
      const located: Located[] = [];
      let subagents = 0;
      for (const { sessionId, manifestUri, originSteps } of sessions) {
        const order = { tools, fromStep: Math.min(...originSteps) };
        const found = await deps.onSession('locate', manifestUri, order);
        subagents += found.subagents;
        for (const action of found.actions) located.push({ ...action, sessionId });
      }
      const open = located.filter(({ sessionId, step }) => !ran.has(`${sessionId}#${step}`));
      const classes = [];
      for (const { spec, bytes } of planClasses(incidentId, open)) {
        if (sha256Of(bytes) !== spec.planSha256)
          throw ApplicationFailure.nonRetryable('The digest of a plan is not that of its bytes.');
        const { uri } = await evidenceOf(deps.evidence, incidentId).put(bytes);
        classes.push({ ...spec, planUri: uri });
      }
      const attempted = located.filter(({ outcome }) => outcome === 'attempted').length;
      return { classes, attempted, total: located.length, subagents };
    },

    ...createLessonActivities(deps),
  };
}
