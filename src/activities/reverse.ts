import { ApplicationFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import { createHash } from 'node:crypto';
import type { ReversalResult, ReversalTool } from '../adapters/tools/port.ts';
import type { Incidents } from '../client/port.ts';
import { indicesOf, rangesOf } from '../domain/incident/ranges.ts';
import type { EffectLedger } from '../store/port.ts';
import { Plan, type PlanAction } from './plan.ts';
import type { ReverseActivities } from './types.ts';

export interface ReverseDeps {
  evidence: {
    put(bytes: Uint8Array): Promise<{ sha256: string; uri: string }>;
    get(uri: string): Promise<Uint8Array>;
  };
  ledger: EffectLedger;
  /** The agent's own tools, as configured; null where none undoes anything. */
  toolFor: (incidentId: string) => Promise<ReversalTool | null>;
  incidents: Pick<Incidents, 'send'>;
}

const keyOf = (batchId: string, incidentId: string, action: PlanAction): string =>
  `reversal:${incidentId}:${batchId}:${action.sessionId}#${action.step}`;

/**
 * One reversal: intent logged → executed with its key → verified → recorded. An intent found again means that we
 * crashed in between: reading back may prove it done; otherwise it is uncertain and a person looks.
 */
async function reverseOne(
  deps: ReverseDeps,
  tool: ReversalTool,
  key: string,
  incidentId: string,
  action: PlanAction,
): Promise<ReversalResult['status']> {
  const { reversal } = action;
  if (!reversal) return 'not_done';
  const order = {
    key,
    tool: reversal.tool,
    args: reversal.args,
    incidentId,
    action: `step ${action.step}, ${action.target ?? action.tool}`,
  };
  // Asked first, since an intent would open again what is on record as not done.
  const known = await deps.ledger.get(key);
  if (known && known.state !== 'intended') return known.state;
  const before = await deps.ledger.intend(key, 'reversal', {
    step: action.step,
    sessionId: action.sessionId,
    reversal,
  });
  let result = before ? await tool.verify(order) : await tool.execute(order);
  if (before && result.status !== 'done') result = { ...result, status: 'uncertain' };
  await deps.ledger.settle(key, result.status, result);
  return result.status;
}

async function loadPlan(deps: ReverseDeps, uri: string, sha256: string): Promise<Plan> {
  const bytes = await deps.evidence.get(uri);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw ApplicationFailure.nonRetryable(`The plan ${uri} is not the one that was signed.`, 'PlanAltered');
  return Plan.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

export function createReverseActivities(deps: ReverseDeps): ReverseActivities {
  return {
    async reverseWindow({ incidentId, batchId, planUri, planSha256, indices }) {
      const plan = await loadPlan(deps, planUri, planSha256);
      const tool = await deps.toolFor(incidentId);
      const found: Record<ReversalResult['status'], number[]> = { done: [], not_done: [], uncertain: [] };
      for (const index of indicesOf(indices)) {
        Context.current().cancellationSignal.throwIfAborted();
        const action = plan.actions[index];
        const key = action && keyOf(batchId, incidentId, action);
        found[
          action && key && tool ? await reverseOne(deps, tool, key, incidentId, action) : 'not_done'
        ].push(index);
      }
      return {
        done: rangesOf(found.done),
        notDone: rangesOf(found.not_done),
        uncertain: rangesOf(found.uncertain),
      };
    },

    async reportBatch({ incidentId, batchId, done, notDone, uncertain }) {
      const report = new TextEncoder().encode(
        JSON.stringify({ incidentId, batchId, done, notDone, uncertain }),
      );
      const { sha256, uri } = await deps.evidence.put(report);
      const words = {
        type: 'reportReversals' as const,
        id: `report:${batchId}`,
        batchId,
        done,
        notDone,
        uncertain,
        evidenceUri: uri,
        evidenceSha256: sha256,
      };
      const answer = await deps.incidents.send(incidentId, words, { kind: 'engine', id: 'engine:reversals' });
      // A second report of the same batch is the answer to a lost one.
      if (!answer.ok && answer.refusal.code !== 'batch-reported' && answer.refusal.code !== 'already-ended')
        throw ApplicationFailure.retryable(answer.refusal.sentence, 'ReportRefused');
    },
  };
}
