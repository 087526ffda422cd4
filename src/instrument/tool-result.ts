/** Runbook, required trace fields per tool call: status and field names of the response. */
export type EmittedToolStatus = 'ok' | 'error' | 'empty' | 'schema_drift';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Top-level field names; of a list, those of its elements together. */
export const outputFields = (result: unknown): string[] => {
  if (Array.isArray(result))
    return [...new Set(result.filter(isRecord).flatMap((item) => Object.keys(item)))];
  return isRecord(result) ? Object.keys(result) : [];
};

const isEmpty = (result: unknown): boolean =>
  result === undefined ||
  result === null ||
  result === '' ||
  (Array.isArray(result) && result.length === 0) ||
  (isRecord(result) && Object.keys(result).length === 0);

/** What a tool is documented to answer: `optional` fields may be absent, any other field is drift. */
export interface ResultContract {
  required: readonly string[];
  optional?: readonly string[] | undefined;
}

/** Fields of the response that the contract does not know, and required ones that are missing. */
export const contractBreaches = (
  result: unknown,
  contract: ResultContract,
): { unexpected: string[]; missing: string[] } => {
  const fields = outputFields(result);
  const known = new Set([...contract.required, ...(contract.optional ?? [])]);
  return {
    unexpected: fields.filter((field) => !known.has(field)),
    missing: contract.required.filter((field) => !fields.includes(field)),
  };
};

export const statusOf = (result: unknown, contract: ResultContract | undefined): EmittedToolStatus => {
  if (isEmpty(result)) return 'empty';
  if (contract === undefined) return 'ok';
  const { unexpected, missing } = contractBreaches(result, contract);
  return unexpected.length + missing.length > 0 ? 'schema_drift' : 'ok';
};
