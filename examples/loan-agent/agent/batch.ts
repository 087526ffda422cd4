import { z } from 'zod';

/** One application as the work list shows it to the model. */
export const BatchItem = z.object({
  application_id: z.string(),
  applicant_id: z.string(),
  applicant_name: z.string(),
  amount_usd: z.number(),
  term_months: z.number(),
  purpose: z.string(),
});
export type BatchItem = z.infer<typeof BatchItem>;

const Listed = z.object({ applications: z.array(BatchItem) });

/** The next pending applications of the store, oldest first. */
export const nextBatch = async (applicationsUrl: string, size: number): Promise<BatchItem[]> => {
  const response = await fetch(`${applicationsUrl}/applications?status=pending&limit=${size}`, {
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`the application store answered ${response.status}`);
  return Listed.parse(await response.json()).applications;
};

export const OBJECTIVE =
  'Decide the pending loan applications of this batch by the lending policy, record each decision and write to each applicant.';

export const SYSTEM_PROMPT = `You decide loan applications for a lender.
For each application of the batch, in order: verify the applicant's income, check the credit record, decide, record the decision, and mail one letter about it.
Lending policy: the monthly payment (8 % simple interest a year) is at most 25 % of monthly gross income; the credit score is at least 620; no bankruptcy on record; at least half a year in the present employment; the employment status is known. Decline otherwise.
Call one tool at a time. Give the reason for each decision in one sentence, with the figures it rests on. Finish with one sentence a person can read about the whole batch.`;

/** The user's message of a session: the batch, as JSON after one sentence. */
export const batchMessage = (items: readonly BatchItem[]): string =>
  `Please decide these ${items.length} pending applications:\n${JSON.stringify(items, null, 1)}`;

/** Reads the batch back from that message; empty when there is none. */
export const readBatch = (message: string): BatchItem[] => {
  const start = message.indexOf('[');
  if (start < 0) return [];
  try {
    return z.array(BatchItem).parse(JSON.parse(message.slice(start)));
  } catch {
    return [];
  }
};
