import type { Hono } from 'hono';
import { z } from 'zod';
import { bodyOf, createService, ServiceError } from './http.ts';
import type { Journal } from './journal.ts';
import { APPLICANTS, applicationOf, type LoanApplication } from './people.ts';

export const Status = z.enum(['pending', 'approved', 'declined']);
export type Status = z.infer<typeof Status>;

const StatusSet = z.object({
  type: z.literal('status_set'),
  applicationId: z.string(),
  status: Status,
  previousStatus: Status,
  reason: z.string(),
  key: z.string().nullable(),
  at: z.string(),
});
const Arrived = z.object({ type: z.literal('arrived'), total: z.int().nonnegative() });
export const ApplicationEvent = z.discriminatedUnion('type', [StatusSet, Arrived]);
export type ApplicationEvent = z.infer<typeof ApplicationEvent>;
type StatusSet = z.infer<typeof StatusSet>;

const StatusRequest = z.strictObject({ status: Status, reason: z.string().max(2000).default('') });
const MOST_LISTED = 100;

interface Held {
  application: LoanApplication;
  history: StatusSet[];
}

const statusOf = (held: Held): Status => held.history.at(-1)?.status ?? 'pending';

const shown = (held: Held): Record<string, unknown> => ({
  application_id: held.application.applicationId,
  applicant_id: held.application.applicantId,
  applicant_name: held.application.applicantName,
  amount_usd: held.application.amountUsd,
  term_months: held.application.termMonths,
  purpose: held.application.purpose,
  status: statusOf(held),
});

const historyOf = (held: Held): unknown =>
  held.history.map((h) => ({
    status: h.status,
    previous_status: h.previousStatus,
    reason: h.reason,
    changed_at: h.at,
  }));

const answerTo = (event: StatusSet): Record<string, unknown> => ({
  application_id: event.applicationId,
  status: event.status,
  previous_status: event.previousStatus,
  changed_at: event.at,
});

/** Loan applications and the whole history of their status. New ones arrive whenever too few are pending. */
export const createApplicationStore = (journal: Journal<ApplicationEvent>): Hono => {
  const app = createService();
  const all = new Map<string, Held>();
  const byKey = new Map<string, StatusSet>();

  const arriveUpTo = (total: number): void => {
    for (let index = all.size; index < Math.min(total, APPLICANTS); index += 1) {
      const application = applicationOf(index);
      all.set(application.applicationId, { application, history: [] });
    }
  };
  const apply = (event: ApplicationEvent): void => {
    if (event.type === 'arrived') return arriveUpTo(event.total);
    all.get(event.applicationId)?.history.push(event);
    if (event.key !== null) byKey.set(event.key, event);
  };
  journal.events.forEach(apply);

  const record = <E extends ApplicationEvent>(event: E): E => {
    journal.append(event);
    apply(event);
    return event;
  };
  const inStatus = (status: Status): Held[] => [...all.values()].filter((held) => statusOf(held) === status);
  const topUp = (pending: number): void => {
    const short = pending - inStatus('pending').length;
    if (short > 0 && all.size < APPLICANTS) record({ type: 'arrived', total: all.size + short });
  };
  const find = (id: string): Held => {
    const held = all.get(id);
    if (held === undefined) throw new ServiceError(404, `no application ${id}`);
    return held;
  };

  app.get('/applications', (c) => {
    const status = Status.safeParse(c.req.query('status'));
    const limit = Math.min(Math.max(1, Number(c.req.query('limit') ?? 20) || 1), MOST_LISTED);
    if (status.success && status.data === 'pending') topUp(limit);
    const listed = status.success ? inStatus(status.data) : [...all.values()];
    return c.json({ applications: listed.slice(0, limit).map(shown), total: listed.length });
  });

  app.get('/applications/:id', (c) => {
    const held = find(c.req.param('id'));
    return c.json({ ...shown(held), history: historyOf(held) });
  });

  app.put('/applications/:id/status', async (c) => {
    const held = find(c.req.param('id'));
    const { status, reason } = await bodyOf(c, StatusRequest);
    const key = c.req.header('idempotency-key') ?? null;
    const earlier = key === null ? undefined : byKey.get(key);
    if (earlier !== undefined) {
      const same = earlier.applicationId === held.application.applicationId && earlier.status === status;
      if (!same) throw new ServiceError(422, 'this Idempotency-Key was used for another change');
      return c.json(answerTo(earlier));
    }
    const { applicationId } = held.application;
    const previousStatus = statusOf(held);
    const at = new Date().toISOString();
    return c.json(
      answerTo(record({ type: 'status_set', applicationId, status, previousStatus, reason, key, at })),
    );
  });
  return app;
};
