import { isRecord, type Json, type ToolTurn } from './talk.ts';

interface Wrapping {
  turn: ToolTurn;
  bad: boolean;
  text: string;
  /** Position of the answer in the talk. */
  n: number;
}

/** Records as one header and rows of values; a field that a record has not is null. */
const columnar = (value: Json): Json => {
  const records = (Array.isArray(value) ? value : [value]).map((v) => (isRecord(v) ? v : { value: v }));
  const columns = [...new Set(records.flatMap((r) => Object.keys(r)))];
  return { columns, rows: records.map((r) => columns.map((c) => r[c] ?? null)) };
};

/** Wrappings of a tool's answer that came with the eighth part. */
export const LATER_ENVELOPES = {
  records: ({ turn, bad, text }: Wrapping): Json =>
    bad
      ? { result: null, errors: [{ detail: text }] }
      : { result: { records: Array.isArray(turn.result) ? turn.result : [turn.result] } },
  rpc: ({ turn, bad, text, n }: Wrapping): Json => ({
    jsonrpc: '2.0',
    id: n,
    ...(bad ? { error: { code: -32_000, message: text } } : { result: turn.result }),
  }),
  /** JSON in a string in JSON in a string. */
  inner: ({ bad, text }: Wrapping): Json => ({
    output: JSON.stringify(bad ? { outcome: 'failed', reason: text } : { outcome: 'ok', payload: text }),
  }),
  columns: ({ turn, bad, text }: Wrapping): Json =>
    bad ? { columns: [], rows: [], error: text } : columnar(turn.result),
};
