import { z } from 'zod';
import type { BatchItem } from './batch.ts';

const number = z.number().nullable().catch(null);

/**
 * What the stand-in takes from the tools' answers. A key that it does not find becomes null, as a language model
 * would fill it in: this is the sample's flaw, on purpose.
 */
export const Income = z
  .object({
    annual_income: number,
    employment_status: z.string().nullable().catch(null),
    years_employed: number,
  })
  .transform((i) => ({
    annualIncome: i.annual_income,
    employmentStatus: i.employment_status,
    yearsEmployed: i.years_employed,
  }));
export type Income = z.infer<typeof Income>;

export const Credit = z
  .object({ score: number, late_payments: number, bankruptcy_year: number })
  .transform((c) => ({ score: c.score, latePayments: c.late_payments, bankruptcyYear: c.bankruptcy_year }));
export type Credit = z.infer<typeof Credit>;

const YEARLY_INTEREST = 0.08;
const MOST_OF_INCOME = 0.25;
const LOWEST_SCORE = 620;
const SHORTEST_EMPLOYMENT_YEARS = 0.5;

/** Monthly payment in USD, at simple interest. */
export const monthlyPayment = ({ amount_usd, term_months }: BatchItem): number =>
  Math.round(((amount_usd * (1 + (YEARLY_INTEREST * term_months) / 12)) / term_months) * 100) / 100;

export interface Decision {
  status: 'approved' | 'declined';
  reason: string;
}

/** The lending policy of the system prompt, as a rule-based stand-in applies it. */
export const decide = (item: BatchItem, income: Income, credit: Credit): Decision => {
  const payment = monthlyPayment(item);
  const yearly = income.annualIncome ?? 0;
  const against: string[] = [];
  if (income.annualIncome === null) against.push('annual income is null, taken as 0 USD');
  if (income.employmentStatus === null) against.push('employment status is null');
  if (income.yearsEmployed === null) against.push('years employed is null, taken as 0');
  else if (income.yearsEmployed < SHORTEST_EMPLOYMENT_YEARS)
    against.push(`employed for only ${income.yearsEmployed} years`);
  if (payment > (yearly / 12) * MOST_OF_INCOME) {
    against.push(
      `the payment of ${payment} USD a month is more than 25 % of an annual income of ${yearly} USD`,
    );
  }
  if ((credit.score ?? 0) < LOWEST_SCORE)
    against.push(`the credit score is ${credit.score}, below ${LOWEST_SCORE}`);
  if (credit.bankruptcyYear !== null)
    against.push(`there is a bankruptcy of ${credit.bankruptcyYear} on record`);
  if (against.length > 0) return { status: 'declined', reason: `${against.join('; ')}.` };
  return {
    status: 'approved',
    reason: `the payment of ${payment} USD a month is within 25 % of an annual income of ${yearly} USD, and the credit score is ${credit.score}.`,
  };
};
