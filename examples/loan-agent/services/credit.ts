import type { Hono } from 'hono';
import { createService, ServiceError } from './http.ts';
import { applicantById } from './people.ts';

/** The credit bureau; `bankruptcy_year` is there only where there was one. */
export const createCreditService = (): Hono => {
  const app = createService();
  app.get('/credit/:applicantId', (c) => {
    const applicant = applicantById(c.req.param('applicantId'));
    if (applicant === null) throw new ServiceError(404, `no applicant ${c.req.param('applicantId')}`);
    return c.json({
      applicant_id: applicant.applicantId,
      score: applicant.creditScore,
      open_accounts: applicant.openAccounts,
      late_payments: applicant.latePayments,
      utilisation: applicant.utilisation,
      bureau: 'Meridian',
      ...(applicant.bankruptcyYear === null ? {} : { bankruptcy_year: applicant.bankruptcyYear }),
    });
  });
  return app;
};
