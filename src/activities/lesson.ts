import { evidenceOf, type EvidenceStore } from '../adapters/evidence/port.ts';
import type { Session } from '../domain/session/session.ts';
import type { ToolManifest } from '../domain/tools.ts';
import type { EvalResult } from '../forensics/eval/eval-case.ts';
import type { Profile } from '../forensics/learned/profile.ts';
import type { Documents } from '../store/port.ts';
import type { OnSession } from './long/on-session.ts';
import { parseAnalysis } from './stored-analysis.ts';
import type { AnalyseActivities, LessonOrder } from './types.ts';

export interface LessonDeps {
  evidence: Pick<EvidenceStore, 'put' | 'get' | 'of'>;
  onSession: OnSession;
  toolsFor: (agent: string) => ToolManifest | null;
  profileFor: (agent: string) => Promise<Profile | null>;
  /** Validated sessions of the agent: what a lesson must stay silent on. */
  cleanSessions: (agent: string) => Promise<Session[]>;
  documents: Documents;
}

type Lessons = Pick<AnalyseActivities, 'proveLesson' | 'runEvalRegression' | 'armLiveRule'>;

const notAssertable = {
  ok: false,
  proof:
    'The engine has no assertion for this kind of origin: attest a link to a test, with a second person.',
};
const nothingClean = {
  ok: false,
  proof: 'No validated session of this agent is known to try it on: attest a link, with a second person.',
};

function evalProof({ failsOnSealed, details, passed }: EvalResult, says: string): string {
  const count = (role: string): string => {
    const of = details.filter((detail) => detail.role === role);
    return `${of.filter((detail) => detail.ok).length}/${of.length}`;
  };
  const sealed = failsOnSealed ? 'fails on the sealed session' : 'does not fail on the sealed session';
  return `${passed ? 'Ran' : 'Did not hold'}: "${says}"; ${sealed}, fails on ${count('variant')} variants, passes on ${count('clean')} clean sessions.`;
}

/** Proofs that the engine makes itself: a regression case that was run, and a live rule that was replayed. */
export function createLessonActivities(deps: LessonDeps): Lessons {
  const material = async ({ agent, analysisUri, originStep }: LessonOrder) => {
    const [analysis, profile, clean] = await Promise.all([
      deps.evidence.get(analysisUri).then(parseAnalysis),
      deps.profileFor(agent),
      deps.cleanSessions(agent),
    ]);
    return { analysis, clean, options: { profile, tools: deps.toolsFor(agent), originStep } };
  };

  type Material = Awaited<ReturnType<typeof material>>;

  async function runEvalRegression(order: LessonOrder, lesson: Material) {
    if (lesson.clean.length === 0) return nothingClean;
    const ran = await deps.onSession('evalCase', order.manifestUri, lesson);
    if (!ran) return notAssertable;
    const { made, result } = ran;
    const { uri } = await evidenceOf(deps.evidence, order.incidentId).put(
      new TextEncoder().encode(JSON.stringify({ case: made, result })),
    );
    if (result.passed)
      await deps.documents.put('eval_case', `${order.agent}/${order.incidentId}`, { case: made, uri });
    return { ok: result.passed, proof: evalProof(result, made.assertion.says) };
  }

  async function armLiveRule(order: LessonOrder, lesson: Material) {
    if (lesson.clean.length === 0) return nothingClean;
    const made = await deps.onSession('liveRule', order.manifestUri, lesson);
    if (!made) return notAssertable;
    const { rule, firedAtStep, inTime } = made;
    if (!inTime)
      return {
        ok: false,
        proof: `The rule "${rule.says}" fires at step ${firedAtStep}, after the origin ${order.originStep}.`,
      };
    await deps.documents.put('live_rule', `${order.agent}/${order.incidentId}`, rule);
    const armed = await deps.documents.get('live_rule', `${order.agent}/${order.incidentId}`);
    return {
      ok: armed !== undefined && armed !== null,
      proof: `Armed: "${rule.says}"; fires at step ${firedAtStep} of the sealed session, silent on ${lesson.clean.length} clean sessions.`,
    };
  }

  const provers = { eval_regression: runEvalRegression, alert_or_flag: armLiveRule };
  return {
    async proveLesson(order) {
      const found = await material(order);
      const tried = await Promise.allSettled(
        order.items.map(async (item) => ({ item, ...(await provers[item](order, found)) })),
      );
      const proofs = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      for (const one of tried) if (one.status === 'rejected' && proofs.length === 0) throw one.reason;
      return proofs;
    },
    runEvalRegression: async (order) => runEvalRegression(order, await material(order)),
    armLiveRule: async (order) => armLiveRule(order, await material(order)),
  };
}
