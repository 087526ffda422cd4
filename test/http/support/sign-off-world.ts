import type { IncidentState } from '../../../src/domain/incident/state.ts';
import { mapBasis, sealsBasis } from '../../../src/domain/incident/basis.ts';
import type { Words } from '../../../src/client/port.ts';
import type { PlanFile } from '../../../src/slack/plan-file.ts';
import { analysis, planned, seal, SESSION } from '../../slack/support/samples.ts';
import { tellRefusal } from '../../../src/activities/notify/late-refusal.ts';
import { createSlackClient } from '../../../src/slack/client.ts';
import { createPosts } from '../../../src/slack/posts.ts';
import type { LateRefusal } from '../../../src/workflows/messages.ts';
import { proseOf } from '../../../src/slack/prose.ts';
import { alertOf, NOW, SECRETS, startWorld, type World } from '../world.ts';

export interface SignOffWorld extends World {
  incidentId: string;
  clock: { nowMs: number };
  plans: Map<string, PlanFile>;
  /** Id of the request for thirty reversals. */
  reversal: string;
  /** Class of two letters that cannot be unsent. */
  letters: string;
  state(): IncidentState;
  /** The letters' plan is written and signed: the postmortem opens. */
  planned(): void;
  /** The engine refused a click that it had taken as pending. */
  refused(late: LateRefusal): Promise<void>;
}

const engine = { kind: 'engine', id: 'engine' } as const;

/** A real server with an incident whose actions wait for signatures. */
export async function signOffWorld(server: object = {}): Promise<SignOffWorld> {
  const clock = { nowMs: NOW };
  const plans = new Map<string, PlanFile>();
  const world = await startWorld(server, () => clock.nowMs, plans);
  const { json } = await world.call('/api/v1/alerts', {
    body: alertOf({ sessionId: SESSION }),
    token: SECRETS.AGENT_KEY,
  });
  const incidentId = String(json['incidentId']);
  let count = 0;
  const give = async (words: Omit<Words, 'id'>, by: Parameters<typeof world.incidents.send>[2] = engine) => {
    count += 1;
    const answer = await world.incidents.send(incidentId, { ...words, id: `test:${count}` } as Words, by);
    if (!answer.ok) throw new Error(`${words.type}: ${answer.refusal.sentence}`);
  };
  const state = (): IncidentState => world.incidents.row(incidentId)!.state;
  const targetId = `session:${SESSION}`;
  await give({ type: 'orderContainment', targetId, action: 'pause', adapter: 'x' } as Words);
  await give({ type: 'reportContainment', targetId, status: 'confirmed', evidence: 'Stopped.' } as Words);
  await give({ type: 'reportSeal', seal: seal(NOW) } as Words);
  const proof = { item: 'trace_exported', ok: true, basis: sealsBasis(state()), proof: 'Hashed.' };
  await give({ type: 'proveItem', ...proof } as Words);
  await give({ type: 'suggestAnalysis', ...analysis() } as Words);
  const ids = ['person:ana', 'person:ben', 'person:carol'];
  await give({ type: 'refreshApprovers', approverIds: ids, because: 'the configuration' } as Words);
  const statuses = planned('reversible', 30);
  const letters = planned('irreversible', 2);
  for (const { spec, plan } of [statuses, letters]) plans.set(spec.planUri, plan);
  const classes = [statuses.spec, letters.spec];
  const map = { basis: mapBasis(state()), classes, attempted: 0, total: 32, subagents: 0 };
  await give({ type: 'mapBlastRadius', ...map } as Words);
  const reversal = 'so-1';
  const { classId, planSha256 } = statuses.spec;
  await give({
    type: 'requestSignOff',
    requestId: reversal,
    classId,
    planSha256,
    remediation: null,
  } as Words);
  const refused = async (late: LateRefusal): Promise<void> => {
    const { store, nowMs: now } = world.incidents;
    const client = createSlackClient({ botToken: 'xoxb-none', slackApiUrl: 'http://127.0.0.1:9/api/' });
    const posts = createPosts({ client, documents: store.documents, ledger: store.ledger });
    await tellRefusal({ posts, store, now }, { incidentId, late });
  };
  return {
    ...world,
    refused,
    incidentId,
    clock,
    plans,
    reversal,
    letters: letters.spec.classId,
    state,
    planned: () => {
      const plan = proseOf('Write to both.');
      const requestId = 'so-2';
      const asked = { requestId, classId: letters.spec.classId, planSha256: letters.spec.planSha256 };
      void give({ type: 'requestSignOff', ...asked, remediation: plan } as Words);
      for (const id of ids) {
        const seen = `${letters.spec.planSha256}.${plan.sha256}`;
        const roles: ('responder' | 'approver')[] = ['responder', 'approver'];
        const by = { kind: 'person', id, roles, via: 'api', verifiedBy: 'token', proof: null } as const;
        const words = { type: 'signReversal', requestId, seen, indices: 'all', typedCount: 2 };
        if (id !== 'person:carol') void give({ ...words, reason: plan } as Words, by);
      }
    },
  };
}
