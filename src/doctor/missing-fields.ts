import { readSession } from '../activities/baseline.ts';
import type { AgentConfig, Config } from '../config/types.ts';
import type { Session } from '../domain/session/session.ts';
import { createStore } from '../store/create.ts';

const WEEK_MS = 7 * 86_400_000;

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
    const window = { fromMs: Date.now() - WEEK_MS, toMs: Date.now() + 60_000, entityId: null, limit: 1 };
    const [newest] = await store.spans.findSessions(name, window);
    if (!newest) throw new Error('no session within seven days');
    return lackingOf(await readSession(store.spans, newest.sessionId, name));
  } finally {
    await store.close();
  }
}
