import type { ToolManifest } from '../../src/domain/tools.ts';
import { isRecord, type Json, type Rng, type Talk } from './talk.ts';
import type { Convention, Envelope } from './wire.ts';

/** Other names for the same agent: tools, arguments and fields; and another framework around it. */
export interface Skin {
  name: string;
  envelope: Envelope;
  convention: Convention;
  word: (word: string) => string;
  tool: (words: string[]) => string;
  field: (words: string[]) => string;
}

export const capital = (w: string): string => w.slice(0, 1).toUpperCase() + w.slice(1);
export const camel = ([first = '', ...rest]: string[]): string => first + rest.map(capital).join('');
const snake = (words: string[]): string => words.join('_');
/** Words of another trade; those that it has no other word for stay. */
export const inTrade = (words: Record<string, string>): Skin['word'] => {
  const known = new Map(Object.entries(words));
  return (word) => known.get(word) ?? word;
};

const OTHER: Record<string, string[]> = {
  get: ['fetch', 'load', 'show'],
  find: ['lookup', 'locate', 'resolve'],
  search: ['query', 'browse', 'scan'],
  list: ['enumerate', 'all', 'index'],
  details: ['record', 'info', 'view'],
  order: ['purchase', 'basket', 'sale'],
  orders: ['purchases', 'baskets', 'sales'],
  user: ['client', 'member', 'person'],
  product: ['article', 'good', 'model'],
  item: ['unit', 'sku', 'piece'],
  items: ['units', 'skus', 'pieces'],
  reservation: ['booking', 'trip', 'journey'],
  flight: ['leg', 'segment', 'hop'],
  flights: ['legs', 'segments', 'hops'],
  payment: ['funding', 'tender', 'settlement'],
  modify: ['change', 'edit', 'amend'],
  update: ['revise', 'adjust', 'set'],
  cancel: ['void', 'withdraw', 'drop'],
  return: ['refund', 'giveback', 'reclaim'],
  exchange: ['swap', 'trade', 'replace'],
  send: ['issue', 'grant', 'dispatch'],
  certificate: ['voucher', 'credit', 'coupon'],
  address: ['location', 'domicile', 'place'],
  status: ['state', 'phase', 'stage'],
  amount: ['sum', 'value', 'total'],
  price: ['cost', 'fee', 'charge'],
  calculate: ['compute', 'evaluate', 'reckon'],
};
const pickWord =
  (at: number) =>
  (word: string): string =>
    OTHER[word]?.[at] ?? word;

export const SKINS: readonly Skin[] = [
  { name: 'as it was', envelope: 'plain', convention: 'genai', word: (w) => w, tool: snake, field: snake },
  { name: 'mcp', envelope: 'mcp', convention: 'indexed', word: pickWord(0), tool: camel, field: camel },
  {
    name: 'data',
    envelope: 'data',
    convention: 'openinference',
    word: pickWord(1),
    tool: (w) => w.join('.'),
    field: snake,
  },
  {
    name: 'text',
    envelope: 'text',
    convention: 'genai',
    word: pickWord(2),
    tool: (w) => w.join('-'),
    field: camel,
  },
];

const wordsOf = (name: string, skin: Skin): string[] => name.split('_').map(skin.word);
const isName = (key: string): boolean => /^[a-z][a-z_]*[a-z0-9]?$/.test(key);
export const fieldIn = (skin: Skin, key: string): string =>
  isName(key) ? skin.field(wordsOf(key, skin)) : key;
export const toolIn = (skin: Skin, name: string): string => skin.tool(wordsOf(name, skin));

const valueIn = (skin: Skin, value: Json): Json =>
  Array.isArray(value)
    ? value.map((v) => valueIn(skin, v))
    : isRecord(value)
      ? Object.fromEntries(Object.entries(value).map(([k, v]) => [fieldIn(skin, k), valueIn(skin, v)]))
      : value;

/** The talk in a skin; turns keep their identity, so that what was noted about them stays true. */
export const dress = (talk: Talk, skin: Skin): void => {
  for (const turn of talk.turns) {
    if (turn.role === 'model') {
      for (const call of turn.calls) {
        call.name = toolIn(skin, call.name);
        call.args = valueIn(skin, call.args);
      }
    } else if (turn.role === 'tool') {
      turn.name = toolIn(skin, turn.name);
      turn.args = valueIn(skin, turn.args);
      turn.result = valueIn(skin, turn.result);
      if (turn.sub) dress(turn.sub, skin);
    }
  }
};

export const toolsIn = (tools: ToolManifest, skin: Skin): ToolManifest => ({
  tools: Object.fromEntries(
    Object.entries(tools.tools).map(([name, spec]) => [
      toolIn(skin, name),
      spec.target === undefined
        ? spec
        : {
            ...spec,
            target: spec.target
              .split('.')
              .map((part, i) => (i === 0 ? part : fieldIn(skin, part)))
              .join('.'),
          },
    ]),
  ),
});

/** A field name as another team would have chosen it. */
export const otherName = (key: string, rng: Rng): string => {
  const words = key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_');
  return rng.pick([
    () => camel(['the', ...words]),
    () => snake([...words, rng.pick(['v2', 'value', 'data', 'new'])]),
    () => words.map((w) => w.slice(0, 3)).join('') + rng.pick(['', 'x', '2']),
    () => capital(camel(words)),
    () => `${rng.pick(['x', 'ext', 'core', 'alt'])}_${snake(words)}`,
    () => rng.pick(['attr', 'detail', 'entry', 'content', 'payload', 'info', 'spec']) + rng.digits(1),
  ])();
};
