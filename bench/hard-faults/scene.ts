import type { Kind, Part, Planted } from './kind.ts';
import type { Honest } from './look-alikes.ts';
import {
  asks,
  exchange,
  says,
  type Json,
  type ModelTurn,
  type Rng,
  type Talk,
  type ToolTurn,
  type Turn,
} from './talk.ts';

/** A matter of its own within a talk: what is asked for, read and done. */
export interface Scene {
  turns: Turn[];
  /** The model's turn that decides, and the call that carries it out. */
  decides: ModelTurn;
  done: ToolTurn;
  /** Its read. */
  read: ToolTurn;
  note: string;
}

/** Puts a scene behind the last turn of a talk, or before the agent's first answer without a call. */
export const put = (talk: Talk, turns: Turn[], rng: Rng): void => {
  const at = talk.turns.findIndex((t, i) => i > 2 && t.role === 'model' && t.calls.length === 0);
  if (at < 0 || rng.below(2) === 0) talk.turns.push(...turns);
  else
    talk.turns.splice(
      at,
      0,
      ...turns,
      asks(rng.pick(['Thanks. Now back to the rest.', 'Good. And my first question?'])),
    );
};

/** A list of things to choose from, and what the person says about the one that she wants. */
export interface Offer {
  items: { [key: string]: Json }[];
  idKey: string;
  right: number;
  /** Those that are plainly not what she asked for. */
  wrong: number[];
  request: string;
  list: string;
  listArgs: Json;
  act: string;
  more: { [key: string]: Json };
  /** Said between the list and the deed. */
  between?: Turn[];
}
export const chosen = (offer: Offer, wrong: boolean, rng: Rng): Scene => {
  const { items, idKey, right, request, list, listArgs, act, more, between = [] } = offer;
  const at = wrong ? rng.pick(offer.wrong) : right;
  const id = items[at]?.[idKey] ?? null;
  const [reads, read] = exchange(list, listArgs, { results: items });
  const [decides, done] = exchange(act, { [idKey]: id, ...more }, { confirmed: true, [idKey]: id });
  return {
    turns: [
      asks(request),
      reads,
      read,
      ...between,
      decides,
      done,
      says(rng.pick(['That is arranged.', 'Done.', 'It is settled.'])),
    ],
    decides,
    done,
    read,
    note: `${request} right ${String(items[right]?.[idKey])}, took ${String(id)} of ${JSON.stringify(items)}`,
  };
};

/** Makers of the kinds of one part: the wrong one of a list, an honest matter, any other fault. */
export const kindsOf = (part: Part) => {
  const fault = (
    family: Kind<Planted>['family'],
    name: string,
    plant: Kind<Planted>['plant'],
    warm?: Kind<Planted>['warm'],
  ): Kind<Planted> => ({ name, family, part, plant, ...(warm ? { warm } : {}) });
  return {
    fault,
    wrongChoice: (name: string, make: (rng: Rng) => Offer): Kind<Planted> =>
      fault(
        'entity',
        name,
        (talk, rng) => {
          const scene = chosen(make(rng), true, rng);
          put(talk, scene.turns, rng);
          return {
            note: scene.note,
            mode: 'tool_misfire',
            origin: scene.decides,
            findings: [],
            tolerated: ['ENTITY_HALLUCINATION'],
          };
        },
        (talk, rng) => put(talk, chosen(make(rng), false, rng).turns, rng),
      ),
    honestly: (
      name: string,
      scene: (rng: Rng, talk: Talk) => Turn[],
      warm: (rng: Rng, talk: Talk) => Turn[] = scene,
    ): Kind<Honest> => ({
      name,
      family: 'look-alike',
      part,
      plant: (talk, rng) => (put(talk, scene(rng, talk), rng), { honest: true }),
      warm: (talk, rng) => put(talk, warm(rng, talk), rng),
    }),
  };
};

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
export const letters = (rng: Rng, n: number): string =>
  Array.from({ length: n }, () => LETTERS[rng.below(LETTERS.length)]).join('');
export const hex = (rng: Rng, n: number): string =>
  Array.from({ length: n }, () => '0123456789abcdef'[rng.below(16)]).join('');
export const uuid = (rng: Rng): string => [8, 4, 4, 4, 12].map((n) => hex(rng, n)).join('-');
export const amount = (rng: Rng, from: number, to: number): number =>
  Math.round((from + (rng.below(10_000) / 10_000) * (to - from)) * 100) / 100;
const two = (n: number): string => String(n).padStart(2, '0');
export const day = (rng: Rng): string => `2025-${two(1 + rng.below(12))}-${two(1 + rng.below(20))}`;
export const later = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
export const clock = (hour: number, rng: Rng): string => `${two(hour)}:${two(5 * rng.below(12))}`;
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const weekday = (date: string): string => WEEKDAYS[new Date(date).getUTCDay()] as string;
export const TOWNS = ['Brindport', 'Calder', 'Ostermouth', 'Velden', 'Harwick', 'Tarn', 'Lisse', 'Norby'];
/** Numbers from a range, each once. */
export const distinct = (rng: Rng, n: number, from: number, to: number): number[] =>
  rng.shuffle(Array.from({ length: to - from + 1 }, (_, i) => from + i)).slice(0, n);
export const least = (list: number[]): number => list.indexOf(Math.min(...list));
export const most = (list: number[]): number => list.indexOf(Math.max(...list));
export const others = (list: unknown[], ...but: number[]): number[] =>
  list.map((_, i) => i).filter((i) => !but.includes(i));
