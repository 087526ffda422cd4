import type { Hono } from 'hono';
import { z } from 'zod';
import { bodyOf, createService, ServiceError } from './http.ts';
import type { Journal } from './journal.ts';
import { applicantById, type Applicant } from './people.ts';

export const RenameEvent = z.object({
  type: z.literal('renamed'),
  from: z.string(),
  to: z.string(),
  at: z.string(),
});
export type RenameEvent = z.infer<typeof RenameEvent>;

const RenameRequest = z.strictObject({ from: z.string().min(1).max(64), to: z.string().min(1).max(64) });

const present = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

/** The answer as documented; the last three fields are there only where they apply. */
const documented = (applicant: Applicant): Record<string, unknown> => ({
  applicant_id: applicant.applicantId,
  annual_income: applicant.annualIncome,
  currency: 'USD',
  employment_status: applicant.employmentStatus,
  years_employed: applicant.yearsEmployed,
  source: 'payroll_registry',
  verified: true,
  ...present({
    employer: applicant.employer,
    secondary_income: applicant.secondaryIncome,
    note: applicant.incomeNote,
  }),
});

const renameKey = (record: Record<string, unknown>, from: string, to: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key === from ? to : key, value]));

/**
 * Somebody else's income API. `POST /admin/rename` is its quiet release of the night: a field has another name from
 * then on, nothing fails, every answer is 200.
 */
export const createIncomeService = (journal: Journal<RenameEvent>): Hono => {
  const app = createService();
  const answer = (applicant: Applicant): Record<string, unknown> =>
    journal.events.reduce((record, { from, to }) => renameKey(record, from, to), documented(applicant));

  app.get('/income/:applicantId', (c) => {
    const applicant = applicantById(c.req.param('applicantId'));
    if (applicant === null) throw new ServiceError(404, `no applicant ${c.req.param('applicantId')}`);
    return c.json(answer(applicant));
  });
  app.get('/admin/renames', (c) => c.json({ renames: journal.events }));
  app.post('/admin/rename', async (c) => {
    const { from, to } = await bodyOf(c, RenameRequest);
    journal.append({ type: 'renamed', from, to, at: new Date().toISOString() });
    return c.json({ renamed: { from, to } });
  });
  return app;
};
