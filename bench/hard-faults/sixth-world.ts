/** What the good sessions of the labelled data hold: orders, reservations, the person and her means of payment. */
import { reads, writes, type Around } from './kind.ts';
import {
  asks,
  isRecord,
  modelTurns,
  says,
  toolTurns,
  type Json,
  type ModelTurn,
  type Rng,
  type Talk,
  type ToolTurn,
  type Turn,
} from './talk.ts';

export type Row = { [key: string]: Json };

export const isRetail = ({ tools }: Around): boolean => 'get_order_details' in tools.tools;
export const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
export const numberIn = (value: Json | undefined): number => (typeof value === 'number' ? value : NaN);
/** The records of a list, or of a map by id. */
export const rowsIn = (value: Json | undefined): Row[] =>
  (Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : []).filter(isRecord);
export const textsIn = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];
export const recordIn = (value: Json | undefined): Row => (isRecord(value) ? value : {});

/** Records that a tool has answered, each once. */
export const answered = (talk: Talk, name: string): Row[] => [
  ...new Map(
    toolTurns(talk)
      .filter((t) => t.name === name)
      .flatMap((t) => (isRecord(t.result) ? [[JSON.stringify(t.args), t.result] as const] : [])),
  ).values(),
];
export const profileIn = (talk: Talk): { id: string; record: Row } | null => {
  const turn = toolTurns(talk).findLast((t) => t.name === 'get_user_details' && isRecord(t.result));
  return turn ? { id: textIn(recordIn(turn.args)['user_id']), record: recordIn(turn.result) } : null;
};

/** An order or a reservation: what the two domains have in common. */
export interface Matter {
  id: string;
  record: Row;
}
export const mattersIn = (talk: Talk, around: Around): Matter[] =>
  isRetail(around)
    ? answered(talk, 'get_order_details').map((record) => ({ id: textIn(record['order_id']), record }))
    : answered(talk, 'get_reservation_details').map((record) => ({
        id: textIn(record['reservation_id']),
        record,
      }));
/** Read, and not the target of any change. */
export const untouchedIn = (talk: Talk, around: Around): Matter[] => {
  const changed = JSON.stringify(writes(talk, around).map((t) => t.args));
  return mattersIn(talk, around).filter(({ id }) => !changed.includes(id));
};
/** Those that are still open to a change. */
export const openIn = (talk: Talk, around: Around): Matter[] =>
  untouchedIn(talk, around).filter(
    ({ record: { status } }) => (!isRetail(around) || status === 'pending') && status !== 'cancelled',
  );
/** Orders or reservations that the person's own record names. */
export const ownIds = (talk: Talk): string[] => {
  const record = profileIn(talk)?.record ?? {};
  return [...textsIn(record['orders']), ...textsIn(record['reservations'])];
};
/** What was paid, where it was one payment. */
export const paidFor = ({ record }: Matter): number => {
  const payments = rowsIn(record['payment_history']);
  return payments.length === 1 ? numberIn(payments[0]?.['amount']) : NaN;
};
export const partsOf = ({ record }: Matter): Row[] => [
  ...rowsIn(record['items']),
  ...rowsIn(record['flights']),
];

/** Goes on where a talk has ended with an answer; false where it did not. */
export const goOn = (talk: Talk, turns: Turn[]): boolean => {
  const last = talk.turns.at(-1);
  if (last?.role !== 'model' || last.calls.length > 0) return false;
  talk.turns.push(...turns);
  return true;
};
export const oneMore = (rng: Rng, question: string): Turn =>
  asks(
    `${rng.pick(['One more thing:', 'Before you go:', 'And something else:', 'While I have you:'])} ${question}`,
  );
export const closing = (rng: Rng): ModelTurn =>
  says(rng.pick(['You are welcome.', 'Gladly. Have a good day.', 'Any time.', 'Is there anything else?']));

/** Reads with the model turn that asked for nothing else, followed by another turn of the model. */
export const plainReads = (talk: Talk, around: Around): [ModelTurn, ToolTurn][] =>
  reads(talk, around).flatMap((tool) => {
    const at = talk.turns.indexOf(tool);
    const model = talk.turns[at - 1];
    return model?.role === 'model' && model.calls.length === 1 && talk.turns[at + 1]?.role === 'model'
      ? [[model, tool] as [ModelTurn, ToolTurn]]
      : [];
  });
/** The last words that either side wrote before a turn. */
export const agreedBefore = (talk: Talk, turn: Turn): string =>
  talk.turns
    .slice(0, talk.turns.indexOf(turn))
    .filter((t) => t.role !== 'tool' && t.text !== '')
    .slice(-3)
    .map((t) => (t.role === 'tool' ? '' : t.text))
    .join('\n')
    .toLowerCase();
export const answersWithoutCall = (talk: Talk): ModelTurn[] =>
  modelTurns(talk).filter((t) => t.calls.length === 0 && t.text !== '');
