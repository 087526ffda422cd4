import { indicesOf, type Ranges, rangesOf } from '../../../../src/domain/incident/ranges.ts';
import type { IncidentState } from '../../../../src/domain/incident/state.ts';
import type { ActionClass } from '../../../../src/domain/incident/vocabulary.ts';
import { actionClass, sha } from '../story.ts';

/** What the agent did in a session, whatever the incident knows of it. */
interface Deed {
  key: string;
  step: number;
  tool: string;
  kind: ActionClass['kind'];
  unknownTool: boolean;
}

const deed = (
  sessionId: string,
  step: number,
  tool: string,
  kind: ActionClass['kind'],
  unknownTool = false,
): Deed => ({
  key: `${sessionId}#${step}`,
  step,
  tool,
  kind,
  unknownTool,
});

export type Harm = 'reversible' | 'both' | 'unknown';

/**
 * The world outside: sessions of nine steps, with actions in them. Its classes of actions are made as the engine
 * makes them: same tool, same strategy, what ran left out, ids from the content.
 */
export class World {
  readonly #harm: Harm;
  readonly #plans = new Map<string, string[]>();

  constructor(harm: Harm) {
    this.#harm = harm;
  }

  #deeds(sessionId: string): Deed[] {
    const status = [4, 5, 7].map((step) => deed(sessionId, step, 'set_status', 'reversible'));
    if (this.#harm === 'reversible') return status;
    const letters = [6, 8].map((step) => deed(sessionId, step, 'send_letter', 'irreversible'));
    if (this.#harm === 'both') return [...status, ...letters];
    return [...status, ...letters, deed(sessionId, 9, 'mystery', 'irreversible', true)];
  }

  #executed(state: IncidentState): Set<string> {
    const keys = new Set<string>();
    for (const [classId, item] of Object.entries(state.classes))
      for (const index of indicesOf(item.ordered)) keys.add(this.#plans.get(classId)?.[index] ?? '');
    return keys;
  }

  classes(state: IncidentState): ActionClass[] {
    const from = state.origin?.step ?? 1;
    const executed = this.#executed(state);
    const open = Object.values(state.sessions)
      .filter((session) => session.analysis)
      .flatMap((session) => this.#deeds(session.sessionId))
      .filter((one) => one.step > from && !executed.has(one.key));
    return [...new Set(open.map((one) => one.tool))].map((tool) => {
      const deeds = open.filter((one) => one.tool === tool);
      const keys = deeds.map((one) => one.key);
      const classId = `${tool}:${keys.join(',')}`.slice(0, 200);
      this.#plans.set(classId, keys);
      const { kind, unknownTool } = deeds[0]!;
      return actionClass({
        classId,
        tool,
        kind,
        unknownTool,
        count: keys.length,
        planSha256: sha(`plan ${classId}`),
      });
    });
  }
}

/** Divides indices into three sets; `part` is asked once an index. */
export function split(indices: number[], part: () => 0 | 1 | 2): Ranges[] {
  const parts = indices.map(part);
  return [0, 1, 2].map((wanted) => rangesOf(indices.filter((_index, i) => parts[i] === wanted)));
}
