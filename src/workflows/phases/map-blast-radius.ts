import { isMapStale, mapBasis } from '../../domain/incident/basis.ts';
import { isEmpty } from '../../domain/incident/ranges.ts';
import type { SessionState } from '../../domain/incident/state.ts';
import type { MapOrder } from '../../activities/types.ts';
import type { Desk } from '../desk.ts';
import { analysing, notifying } from '../proxies.ts';

/** Candidates at least half as good as the best are likely; with none, everything after step 1 counts. */
function originSteps(desk: Desk, { sessionId, analysis }: SessionState): number[] {
  const { origin } = desk.state;
  if (origin?.sessionId === sessionId) return [origin.step];
  const best = analysis?.candidates[0]?.score ?? 0;
  const likely = analysis?.candidates.filter((candidate) => candidate.score >= best / 2) ?? [];
  return likely.length > 0 ? likely.map((candidate) => candidate.step) : [1];
}

function mapOrder(desk: Desk): MapOrder {
  const { incidentId, agent, sessions, classes } = desk.state;
  return {
    incidentId,
    agent,
    sessions: Object.values(sessions).flatMap((session) =>
      session.seal && session.analysis
        ? [
            {
              sessionId: session.sessionId,
              manifestUri: session.seal.uri,
              analysisUri: session.analysis.analysisUri,
              originSteps: originSteps(desk, session),
            },
          ]
        : [],
    ),
    executed: Object.values(classes)
      .filter((item) => !isEmpty(item.ordered))
      .map((item) => ({ planUri: item.spec.planUri, indices: item.ordered })),
    classified: Object.fromEntries(
      Object.values(classes).flatMap((item) =>
        item.classifiedAs ? [[item.spec.tool, item.classifiedAs]] : [],
      ),
    ),
  };
}

async function map(desk: Desk): Promise<void> {
  const basis = mapBasis(desk.state);
  const { incidentId, agent } = desk.state;
  const [result, approvers] = await Promise.all([
    analysing.mapBlastRadius(mapOrder(desk)),
    notifying.refreshApprovers({ incidentId, agent }),
  ]);
  desk.apply({ type: 'refreshApprovers', ...approvers });
  desk.apply({ type: 'mapBlastRadius', basis, ...result });
}

/** Triage step 5; mapped again whenever what it rests on has changed. */
export async function mapBlastRadius(desk: Desk): Promise<void> {
  await desk.until(() => desk.state.blast !== null && !isMapStale(desk.state));
}

/** Starts with the first analysis, beside the confirmations: "map the blast radius and start remediation in parallel". */
export const keepMapping = (desk: Desk): void =>
  desk.keep(
    'map',
    () => (isMapStale(desk.state) ? ['map'] : []),
    () => map(desk),
  );
