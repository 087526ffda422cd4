import { placesOf, put, renameKey, settledFields, type Place } from './json.ts';
import { answersOf, recordReads, sameTool, type Around, type Kind, type Planted } from './kind.ts';
import { otherName } from './skin.ts';
import { after, isRecord, type Json, type Rng, type Talk } from './talk.ts';

export type Change = (answer: { [key: string]: Json }, place: (pattern: string) => Place[]) => Json;
interface Field {
  pattern: string;
  key: string;
  depth: number;
  examples: Json[];
}

const fieldsOf = (around: Around, name: string): Field[] =>
  [...settledFields(answersOf(around, name))].map(([pattern, examples]) => {
    const steps = pattern.split('.');
    return { pattern, key: steps.at(-1) ?? '', depth: steps.length, examples };
  });

/** A tool answers in another way from some call on, for the rest of the session. */
export const drift =
  (fits: (f: Field) => boolean, changeFor: (f: Field, rng: Rng, all: Field[]) => Change | null) =>
  (talk: Talk, rng: Rng, around: Around): Planted | null => {
    for (const turn of rng.shuffle(recordReads(talk, around))) {
      const all = fieldsOf(around, turn.name);
      const fields = all.filter((f) => fits(f) && placesOf(turn.result).some((p) => p.pattern === f.pattern));
      const followed = after(talk, turn).some((t) => t.role === 'model');
      const change = fields.length > 0 && followed ? changeFor(rng.pick(fields), rng, all) : null;
      if (!change) continue;
      const drifted = sameTool(talk, turn).filter((t) => isRecord(t.result));
      const was = JSON.stringify(turn.result);
      for (const t of drifted) {
        const answer = t.result;
        if (isRecord(answer))
          t.result = change(answer, (pattern) => placesOf(answer).filter((p) => p.pattern === pattern));
      }
      if (JSON.stringify(turn.result) === was) return null;
      return {
        mode: 'tool_misfire',
        origin: turn,
        findings: [{ flag: 'TOOL_SCHEMA_DRIFT', at: turn, also: drifted }],
        tolerated: ['ENTITY_HALLUCINATION'],
      };
    }
    return null;
  };

export const each =
  (pattern: string, to: (value: Json) => Json): Change =>
  (answer, places) => {
    for (const p of places(pattern)) put(p, to(p.value));
    return answer;
  };
export const renamed =
  (field: Field, to: string): Change =>
  (answer, places) => {
    for (const p of places(field.pattern))
      if (isRecord(p.parent as Json)) renameKey(p.parent as { [key: string]: Json }, field.key, to);
    return answer;
  };
export const isText = (f: Field): boolean => f.examples.every((v) => typeof v === 'string');
export const isNumber = (f: Field): boolean => f.examples.every((v) => typeof v === 'number' && v > 0);
const few = (f: Field): boolean => new Set(f.examples.map(String)).size <= 8 && f.examples.length >= 30;
const any = (): boolean => true;
export const top = (f: Field): boolean => f.depth === 1;
const deep = (f: Field): boolean => f.depth >= 2;
const camelled = (value: Json): Json =>
  Array.isArray(value)
    ? value.map(camelled)
    : isRecord(value)
      ? Object.fromEntries(
          Object.entries(value).map(([k, v]) => [
            /\d/.test(k) ? k : k.replace(/_([a-z])/g, (_, c: string) => c.toUpperCase()),
            camelled(v),
          ]),
        )
      : value;

const kind = (name: string, plant: Kind<Planted>['plant'], aside = false): Kind<Planted> => ({
  name,
  family: 'schema',
  plant,
  aside,
});

export const SCHEMA: Kind<Planted>[] = [
  kind(
    'a nested field renamed',
    drift(deep, (f, rng) => renamed(f, otherName(f.key, rng))),
  ),
  kind(
    'a field renamed',
    drift(top, (f, rng) => renamed(f, otherName(f.key, rng))),
    true,
  ),
  kind(
    'another way of writing names',
    drift(
      (f) => f.key.includes('_'),
      () => (answer) => camelled(answer),
    ),
  ),
  kind(
    'a number as text',
    drift(isNumber, (f) => each(f.pattern, (v) => String(v))),
  ),
  kind(
    'a text as an object',
    drift(isText, (f) => each(f.pattern, (v) => ({ value: v }))),
    true,
  ),
  kind(
    'a list as text',
    drift(
      (f) =>
        f.examples.every((v) => Array.isArray(v) && v.length > 0 && v.every((x) => typeof x === 'string')),
      (f) => each(f.pattern, (v) => (Array.isArray(v) ? v.join(', ') : v)),
    ),
  ),
  kind(
    'a list as a map',
    drift(
      (f) => f.examples.every((v) => Array.isArray(v) && v.length > 0),
      (f) =>
        each(f.pattern, (v) =>
          Array.isArray(v) ? Object.fromEntries(v.map((x, i) => [`n${i + 1}`, x])) : v,
        ),
    ),
    true,
  ),
  kind(
    'cents for dollars',
    drift(
      (f) => isNumber(f) && f.examples.some((v) => !Number.isInteger(v)),
      (f) => each(f.pattern, (v) => Math.round(Number(v) * 100)),
    ),
  ),
  kind(
    'thousandths',
    drift(
      (f) => isNumber(f) && f.examples.every((v) => Number(v) > 20) && f.examples.length >= 20,
      (f) => each(f.pattern, (v) => Number(v) / 1000),
    ),
    true,
  ),
  kind(
    'dates the other way round',
    drift(
      (f) => f.examples.every((v) => typeof v === 'string' && /^\d{4}-\d\d-\d\d$/.test(v)),
      (f) => each(f.pattern, (v) => String(v).split('-').toReversed().join('/')),
    ),
  ),
  kind(
    'a field moved up',
    drift(
      (f) => f.depth === 2 && !f.pattern.includes('[]') && !f.pattern.includes('*'),
      (f) => (answer, places) => {
        const [p] = places(f.pattern);
        if (p && !Array.isArray(p.parent) && !(f.key in answer)) {
          delete p.parent[f.key];
          answer[f.key] = p.value;
        }
        return answer;
      },
    ),
  ),
  kind(
    'fields moved down',
    drift(top, (f, rng, all) => {
      const others = all.filter((o) => top(o) && o.key !== f.key).slice(0, 1 + rng.below(3));
      const home = rng.pick(['details', 'attributes', 'core', 'record']);
      return (answer) => {
        const inner: { [key: string]: Json } = {};
        for (const key of [f, ...others].map((o) => o.key)) {
          if (!(key in answer)) continue;
          inner[key] = answer[key] as Json;
          delete answer[key];
        }
        return { ...answer, [home]: inner };
      };
    }),
    true,
  ),
  kind(
    'everything in an envelope',
    drift(top, (_, rng) => {
      const home = rng.pick(['data', 'result', 'payload', 'response']);
      return (answer) => ({ [home]: answer, version: 2 });
    }),
  ),
  kind(
    'a record as a list of one',
    drift(top, () => (answer) => [answer]),
  ),
  kind(
    'codes for words',
    drift(
      (f) => few(f) && isText(f) && f.examples.some((v) => String(v).length > 3),
      (f) => each(f.pattern, (v) => String(v).toUpperCase().replaceAll(' ', '_')),
    ),
  ),
  kind(
    'a field gone',
    drift(any, (f) => (answer, places) => {
      for (const p of places(f.pattern)) if (!Array.isArray(p.parent)) delete p.parent[p.key];
      return answer;
    }),
  ),
  kind(
    'null where there never was null',
    drift(
      (f) => f.examples.every((v) => v !== null),
      (f) => each(f.pattern, () => null),
    ),
    true,
  ),
];
