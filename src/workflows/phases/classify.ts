import { isSessionContained } from '../../domain/incident/containment.ts';
import type { Desk } from '../desk.ts';
import { analysing, saying } from '../proxies.ts';
import { keepMapping } from './map-blast-radius.ts';

async function analyse(desk: Desk, sessionId: string): Promise<void> {
  const { incidentId, agent, alerts } = desk.state;
  const seal = desk.state.sessions[sessionId]?.seal;
  if (!seal) return;
  const { uri: manifestUri, manifestSha256 } = seal;
  const alert = alerts.first;
  const order = { incidentId, agent, sessionId, manifestUri, manifestSha256, alert };
  const { analysis, subagents } = await saying(`analyse ${order.sessionId}`, analysing.analyseSession, order);
  desk.apply({ type: 'suggestAnalysis', ...analysis });
  for (const subagent of subagents) {
    const targetId = `subagent:${subagent.traceId}`;
    if (desk.state.targets[targetId]) continue;
    const target = { targetId, kind: 'subagent' as const, agent: subagent.agent, sessionId };
    desk.apply({ type: 'addTarget', target: { ...target, allowListed: subagent.allowListed } });
  }
}

/** Triage step 3: "Classify on signals, not on instinct"; a person confirms or corrects. */
export async function classify(desk: Desk): Promise<void> {
  desk.keep(
    'analyse',
    () =>
      Object.values(desk.state.sessions)
        .filter(({ sessionId, seal, analysis }) => {
          const stale = seal !== null && analysis?.manifestSha256 !== seal.manifestSha256;
          return stale && isSessionContained(desk.state, sessionId);
        })
        .map((session) => session.sessionId),
    (sessionId) => analyse(desk, sessionId),
  );
  keepMapping(desk);
  await desk.until(() => desk.state.mode.confirmed !== null);
}
