import { directionOf, saidOf } from '../asked/exchanged.ts';
import { lastKey } from '../values/paths.ts';
import type { Row, Trait } from './rows.ts';

/** Words that must speak for a row without its id, beyond those that fit the row whose value was told. */
const ENOUGH_WORDS = 2;
/** Rows that as much is said of. */
const MAX_LIKELY = 12;

/** A text that may tell of a row. */
export interface Unit {
  text: string;
  words: ReadonlySet<string>;
}
const isIn = (tokens: readonly string[], { words }: Unit): boolean =>
  tokens.length > 0 && tokens.every((token) => words.has(token));
const hasId = ({ traits }: Row, unit: Unit): boolean => traits.some((t) => t.isId && isIn(t.tokens, unit));
const NONE: readonly string[] = [];
/** Which of its words are said; none where they are said of the other end of a way. */
const saidOfTrait = ({ path, text, tokens }: Trait, unit: Unit): readonly string[] => {
  if (!tokens.some((token) => unit.words.has(token))) return NONE;
  const direction = directionOf(path);
  const heard = direction === null ? null : saidOf(unit.text, text);
  return heard !== null && heard !== direction ? NONE : tokens.filter((token) => unit.words.has(token));
};

/** What a text says of a row, and of what it stands in. */
interface Spoken {
  row: Row;
  own: ReadonlySet<string>;
  around: number;
}
const spokenFor = (row: Row, unit: Unit): Spoken => {
  const own = new Set<string>();
  for (const trait of row.traits) for (const token of saidOfTrait(trait, unit)) own.add(token);
  const around = row.around.filter((token) => unit.words.has(token));
  return { row, own, around: around.length < 2 ? around.length : new Set(around).size };
};
const weightOf = ({ own, around }: Spoken): number => own.size + around;

/** What tells a row from those beside it, ids apart. */
const tellingOf = (row: Row, kin: readonly Row[]): Trait[] => {
  const beside = kin.filter((r) => r.list === row.list && r.step === row.step && r !== row);
  return row.traits.filter(
    ({ path, text, isId }) =>
      !isId &&
      (beside.length === 0 || beside.some((r) => r.traits.find((t) => t.path === path)?.text !== text)),
  );
};
/**
 * How many words must be said beyond those that fit another row: none where its id is said, one where all that tells it
 * from the rows beside it is; null where less than half of any of these is.
 */
const beyondFor = (row: Row, kin: readonly Row[], unit: Unit): number | null => {
  if (hasId(row, unit)) return 0;
  const shares = tellingOf(row, kin).map((t) => saidOfTrait(t, unit).length / Math.max(1, t.tokens.length));
  if (shares.length === 0 || shares.some((share) => share < 0.5)) return null;
  return shares.length > 1 && shares.every((share) => share === 1) ? 1 : ENOUGH_WORDS;
};

export interface Held {
  row: Row;
  field: string;
  /** What it has there. */
  has: { key: string; text: string };
}
const fieldOf = (row: Row, name: string): [string, { key: string; text: string }] | undefined => {
  for (const field of row.values) if (lastKey(field[0]) === name) return field;
  return undefined;
};
export const nameOf = (row: Row, key: string): string => {
  for (const [path, value] of row.values) if (value.key === key) return lastKey(path);
  return '';
};

/** The one row that a text names or describes, where the value told is not its own but that of rows it says less of. */
export const heldIn = (
  unit: Unit,
  told: string,
  name: string,
  owners: readonly Row[],
  kin: readonly Row[],
): Held | null => {
  if (owners.some((row) => hasId(row, unit))) return null;
  const spoken = kin.map((row) => spokenFor(row, unit));
  const most = spoken.reduce((max, s) => Math.max(max, weightOf(s)), 1);
  const likely = spoken.filter((s) => weightOf(s) === most).slice(-MAX_LIKELY);
  const meant = likely.flatMap(({ row, own, around }) => {
    const beyond = beyondFor(row, kin, unit);
    const field = fieldOf(row, name);
    return beyond === null || !field ? [] : [{ row, own, around, beyond, field: field[0], has: field[1] }];
  });
  const [best] = meant;
  if (!best || best.has.key === told || meant.some(({ has }) => has.key !== best.has.key)) return null;
  const isMore = owners.every((row) => {
    const theirs = spokenFor(row, unit);
    return (
      theirs.around <= best.around &&
      [...theirs.own].every((word) => best.own.has(word)) &&
      best.own.size >= theirs.own.size + best.beyond
    );
  });
  return isMore ? best : null;
};
