import { isIdLike } from '../../src/forensics/values/ids.ts';
import { placesOf, put, replaced } from './json.ts';
import { effectOf, reads, setArgs, writes, type Around, type Kind, type Planted } from './kind.ts';
import {
  after,
  askedIn,
  before,
  everything,
  exchange,
  insertAfter,
  isRecord,
  modelTurns,
  says,
  type Json,
  type Rng,
  type Talk,
  type ToolTurn,
  type Turn,
} from './talk.ts';

interface Slot {
  turn: ToolTurn;
  pattern: string;
  id: string;
}
export const slotsOf = (turns: ToolTurn[]): Slot[] =>
  turns.flatMap((turn) =>
    placesOf(turn.args).flatMap((p) =>
      typeof p.value === 'string' && isIdLike(p.value) && /\d{3,}|^[A-Z0-9]{6}$/.test(p.value)
        ? [{ turn, pattern: p.pattern, id: p.value }]
        : [],
    ),
  );
/** Puts another id into a call, and into what the tool answered to it. */
export const swap = (talk: Talk, { turn, pattern, id }: Slot, to: string): Turn => {
  const args = structuredClone(turn.args);
  for (const p of placesOf(args)) if (p.pattern === pattern && p.value === id) put(p, to);
  const model = setArgs(talk, turn, args);
  turn.result = replaced(turn.result, id, to);
  return model;
};

/** Ids that the session met in answers at places of one kind, by that place. */
const metAt = (turns: Turn[]): Map<string, Set<string>> => {
  const out = new Map<string, Set<string>>();
  const enter = (home: string, id: string): void => void out.set(home, (out.get(home) ?? new Set()).add(id));
  for (const turn of turns) {
    if (turn.role !== 'tool') continue;
    for (const p of placesOf(turn.result)) {
      if (typeof p.value === 'string' && isIdLike(p.value)) enter(p.pattern, p.value);
      if (p.pattern.endsWith('*') && typeof p.key === 'string' && isIdLike(p.key)) enter(p.pattern, p.key);
    }
  }
  return out;
};
export const lookAlikes = (talk: Talk, slot: Slot, changes: ToolTurn[]): string[] => {
  const used = JSON.stringify(changes.filter((t) => t !== slot.turn).map((t) => t.args));
  return [...metAt(before(talk, slot.turn)).values()]
    .filter((ids) => ids.has(slot.id))
    .flatMap((ids) => [...ids])
    .filter((id) => id !== slot.id && !JSON.stringify(slot.turn.args).includes(id) && !used.includes(id));
};

export const swapped =
  (fits: (slot: Slot) => boolean) =>
  (talk: Talk, rng: Rng, around: Around): Planted | null => {
    for (const slot of rng.shuffle(slotsOf(writes(talk, around)).filter(fits))) {
      const others = lookAlikes(talk, slot, writes(talk, around));
      if (others.length === 0) continue;
      const to = rng.pick(others);
      const model = swap(talk, slot, to);
      return {
        note: `${slot.turn.name}, ${slot.pattern}: ${slot.id} became ${to}`,
        mode: 'tool_misfire',
        origin: model,
        findings: [],
        tolerated: ['ENTITY_HALLUCINATION'],
      };
    }
    return null;
  };

/** An id of the right form that nobody mentioned: two digits exchanged, one digit another, or all of them new. */
export const legal = (
  id: string,
  rng: Rng,
  said: string,
  how: 'transposed' | 'one' | 'new',
): string | null => {
  const at = [...id].flatMap((c, i) => (/\d/.test(c) ? [i] : []));
  if (at.length < 3) return null;
  for (let i = 0; i < 60; i += 1) {
    const out = [...id];
    if (how === 'transposed') {
      const k = rng.below(at.length - 1);
      const [a, b] = [at[k] as number, at[k + 1] as number];
      [out[a], out[b]] = [id[b] as string, id[a] as string];
    } else if (how === 'one') out[rng.pick(at)] = rng.digits(1);
    else for (const k of at) out[k] = rng.digits(1);
    const made = out.join('');
    if (made !== id && !said.toLowerCase().includes(made.replace('#', '').toLowerCase())) return made;
  }
  return null;
};

export const invent =
  (how: 'transposed' | 'one' | 'new', where: (talk: Talk, around: Around) => ToolTurn[]) =>
  (talk: Talk, rng: Rng, around: Around): Planted | null => {
    for (const slot of rng.shuffle(slotsOf(where(talk, around)))) {
      const to = legal(slot.id, rng, everything(talk), how);
      if (to === null) continue;
      const model = swap(talk, slot, to);
      const later = after(talk, slot.turn).filter((t) => JSON.stringify(t).includes(to));
      return {
        mode: 'hallucination_propagation',
        origin: model,
        findings: [{ flag: 'ENTITY_HALLUCINATION', at: model, also: [slot.turn, ...later] }],
      };
    }
    return null;
  };

const LINES = [
  (id: string): string => `I have also linked this to ${id}.`,
  (id: string): string => `Your file with us is ${id}; please quote it.`,
  (id: string): string => `A second one, ${id}, is already on its way.`,
  (id: string): string => `The matter was logged as ${id}.`,
];
const inText =
  (how: 'transposed' | 'new') =>
  (talk: Talk, rng: Rng, around: Around): Planted | null => {
    const ids = slotsOf([...reads(talk, around), ...writes(talk, around)])
      .map((s) => s.id)
      .filter((id) => /[A-Z#_]/.test(id) || id.length >= 9);
    const texts = modelTurns(talk).filter((t, i) => i > 2 && t.calls.length === 0 && t.text !== '');
    const to = ids.length > 0 ? legal(rng.pick(ids), rng, everything(talk), how) : null;
    if (texts.length === 0 || to === null) return null;
    const turn = rng.pick(texts);
    turn.text += ` ${rng.pick(LINES)(to)}`;
    return {
      mode: 'hallucination_propagation',
      origin: turn,
      findings: [
        {
          flag: 'ENTITY_HALLUCINATION',
          at: turn,
          also: after(talk, turn).filter((t) => JSON.stringify(t).includes(to)),
        },
      ],
    };
  };

/** A read of an id that does not exist: the tool says so, and the agent tells the person about it all the same. */
const askedForNothing = (talk: Talk, rng: Rng, around: Around): Planted | null => {
  const slots = slotsOf(reads(talk, around)).filter((s) => isRecord(s.turn.result));
  if (slots.length === 0) return null;
  const slot = rng.pick(slots);
  const to = legal(slot.id, rng, everything(talk), 'new');
  if (to === null) return null;
  const [model, tool] = exchange(
    slot.turn.name,
    replaced(slot.turn.args, slot.id, to),
    rng.pick<Json>(['Error: not found', { error: 'no such record' }]),
  );
  const told = says(`I looked at ${to}; it is in order.`);
  insertAfter(talk, slot.turn, [model, tool, told]);
  return {
    mode: 'hallucination_propagation',
    origin: model,
    findings: [{ flag: 'ENTITY_HALLUCINATION', at: model, also: [tool, told] }],
  };
};

/** The agent hands a change to a subagent, with an id in the hand-off that nobody mentioned. */
const handedOver = (talk: Talk, rng: Rng, around: Around): Planted | null => {
  for (const slot of rng.shuffle(slotsOf(writes(talk, around)))) {
    const to = legal(slot.id, rng, everything(talk), rng.pick(['one', 'new'] as const));
    if (to === null || effectOf(around, 'delegate_task') === 'write') continue;
    const model = askedIn(talk, slot.turn);
    swap(talk, slot, to);
    const task = `Please run ${slot.turn.name} with ${JSON.stringify(slot.turn.args)}.`;
    const [subModel, subTool] = exchange(slot.turn.name, slot.turn.args, slot.turn.result);
    const [chat, spawn] = exchange('delegate_task', { task }, 'It is done.', model.text);
    spawn.sub = {
      id: `${talk.id}/sub`,
      agent: 'back-office',
      system: 'You carry out what you are given.',
      budget: null,
      turns: [{ role: 'user', text: task }, subModel, subTool, says('It is done.')],
    };
    talk.turns.splice(talk.turns.indexOf(model), 2, chat, spawn);
    return {
      mode: 'hallucination_propagation',
      origin: chat,
      subagents: [spawn.sub],
      findings: [
        {
          flag: 'ENTITY_HALLUCINATION',
          at: chat,
          also: [
            spawn,
            subModel,
            subTool,
            ...after(talk, spawn).filter((t) => JSON.stringify(t).includes(to)),
          ],
        },
      ],
    };
  }
  return null;
};

export const ENTITIES: Kind<Planted>[] = [
  {
    name: 'a look-alike of the same list',
    family: 'entity',
    plant: swapped((s) => s.pattern.includes('[]')),
  },
  {
    name: 'another record',
    family: 'entity',
    plant: swapped((s) => !s.pattern.includes('[]') && !/payment|user/.test(s.pattern)),
    aside: true,
  },
  { name: 'another means of payment', family: 'entity', plant: swapped((s) => /payment/.test(s.pattern)) },
  { name: 'two digits exchanged, in a change', family: 'invented', plant: invent('transposed', writes) },
  { name: 'one digit another, in a change', family: 'invented', plant: invent('one', writes), aside: true },
  { name: 'a new id, in a change', family: 'invented', plant: invent('new', writes) },
  { name: 'two digits exchanged, in a read', family: 'invented', plant: invent('transposed', reads) },
  { name: 'a new id, in a text', family: 'invented', plant: inText('new'), aside: true },
  { name: 'two digits exchanged, in a text', family: 'invented', plant: inText('transposed') },
  { name: 'a read of what does not exist', family: 'invented', plant: askedForNothing },
  { name: 'a new id handed to a subagent', family: 'invented', plant: handedOver, aside: true },
];
