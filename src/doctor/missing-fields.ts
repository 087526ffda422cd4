import type { AgentConfig, Config } from '../config/types.ts';
import type { Session } from '../domain/session/session.ts';
import { createStore } from '../store/create.ts';
import { newestSession } from './trace-check.ts';

/** Which of the runbook's required trace fields a session lacks, in a sentence. */
export const lackingOf = ({ sessionId, completeness: { missingFields: fields } }: Session): string =>
  fields.length === 0
    ? `session ${sessionId} has every required field`
    : `session ${sessionId} lacks ${fields.map(({ field, kind, steps }) => `${field} (${steps} ${kind} steps)`).join(', ')}`;

/** Which of the runbook's required trace fields the newest session of an agent lacks. Throws when nothing came in. */
export async function missingFields(config: Config, { name, traces }: AgentConfig): Promise<string> {
  if (traces.kind !== 'store' || !config.database.url) return traces.kind;
  const store = await createStore({ url: config.database.url.reveal(), poolSize: 1 });
  try {
    const newest = await newestSession(store.spans, name, Date.now());
    if (!newest) throw new Error('no session within seven days');
    return lackingOf(newest);
  } finally {
    await store.close();
  }
}
