import { z } from 'zod';
import { createBaseline } from '../activities/baseline.ts';
import { loadSealedSession } from '../activities/preserve/sealed.ts';
import { openEvidence } from '../compose/evidence.ts';
import type { Config } from '../config/types.ts';
import { EvalCase } from '../forensics/eval/eval-case.ts';
import type { Store } from '../store/port.ts';
import { EvalFileError, type EvalFile } from './eval-file.ts';

const Kept = z.looseObject({ case: EvalCase });

/** The case that an incident left behind, with its sealed session. Throws `EvalFileError`. */
export const exportEvalFile = async (config: Config, store: Store, incidentId: string): Promise<EvalFile> => {
  const row = await store.incidents.get(incidentId);
  if (!row) throw new EvalFileError(`there is no incident ${incidentId}: \`holdpoint incidents\` lists them`);
  const { agent, sessions } = row.state;
  const kept = Kept.safeParse(await store.documents.get('eval_case', `${agent}/${incidentId}`));
  if (!kept.success)
    throw new EvalFileError(
      `incident ${incidentId} has no eval case: it is made once the origin is confirmed and clean sessions are known`,
    );
  const { case: evalCase } = kept.data;
  const seal = sessions[evalCase.sessionId]?.seal;
  if (!seal) throw new EvalFileError(`session ${evalCase.sessionId} of incident ${incidentId} has no seal`);
  const { store: evidence } = openEvidence(config.evidence, store.erasures);
  const baseline = createBaseline({ spans: store.spans, documents: store.documents });
  return {
    kind: 'holdpoint-eval',
    version: 1,
    name: `${agent}, ${incidentId}: ${evalCase.assertion.says}`,
    case: evalCase,
    tools: config.agents[agent]?.tools ?? null,
    profile: await baseline.profileFor(agent),
    sealed: await loadSealedSession(evidence, seal.uri),
  };
};
