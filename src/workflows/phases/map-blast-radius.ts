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

type BlastMap = Awaited<ReturnType<typeof analysing.mapBlastRadius>>;
type Approvers = Awaited<ReturnType<typeof notifying.refreshApprovers>>;

/** A map of the very same order is the same: a person confirmed the one origin that it was made from. */
interface Mapped {
  order: string;
  map: BlastMap | null;
}

// Neither is async: runs that began before wait for the two activities themselves, not a moment longer.
const mapped = (desk: Desk, last: Mapped, order: MapOrder): Promise<BlastMap> | BlastMap =>
  desk.isOfThirdRelease && last.map && last.order === JSON.stringify(order)
    ? last.map
    : analysing.mapBlastRadius(order);

/** Null: the list that was read lately still counts. */
function readApprovers({ state, isOfThirdRelease }: Desk): Promise<Approvers> | null {
  const { incidentId, agent, policy, approvers } = state;
  const ageMs = Date.now() - (approvers?.at ?? 0);
  if (isOfThirdRelease && approvers?.ids && ageMs < policy.approversMaxAgeMs / 2) return null;
  return notifying.refreshApprovers({ incidentId, agent });
}

async function map(desk: Desk, last: Mapped): Promise<void> {
  const basis = mapBasis(desk.state);
  const order = mapOrder(desk);
  const [result, approvers] = await Promise.all([mapped(desk, last, order), readApprovers(desk)]);
  Object.assign(last, { order: JSON.stringify(order), map: result } satisfies Mapped);
  if (approvers) desk.apply({ type: 'refreshApprovers', ...approvers });
  desk.apply({ type: 'mapBlastRadius', basis, ...result });
}

/** Triage step 5; mapped again whenever what it rests on has changed. */
export async function mapBlastRadius(desk: Desk): Promise<void> {
  await desk.until(() => desk.state.blast !== null && !isMapStale(desk.state));
}

/** Starts with the first analysis, beside the confirmations: "map the blast radius and start remediation in parallel". */
export function keepMapping(desk: Desk): void {
  const last: Mapped = { order: '', map: null };
  desk.keep(
    'map',
    () => (isMapStale(desk.state) ? ['map'] : []),
    () => map(desk, last),
  );
}
