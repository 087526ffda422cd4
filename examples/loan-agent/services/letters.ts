import type { Hono } from 'hono';
import { z } from 'zod';
import { bodyOf, createService, ServiceError } from './http.ts';
import type { Journal } from './journal.ts';
import { applicantById } from './people.ts';

export const LetterSent = z.object({
  type: z.literal('letter_sent'),
  letterId: z.string(),
  applicationId: z.string(),
  applicantId: z.string(),
  template: z.enum(['approval', 'decline', 'correction']),
  body: z.string(),
  key: z.string().nullable(),
  at: z.string(),
});
export type LetterSent = z.infer<typeof LetterSent>;

const LetterRequest = z.strictObject({
  application_id: z.string().min(1),
  applicant_id: z.string().min(1),
  template: LetterSent.shape.template,
  body: z.string().min(1).max(5000),
});

const answerTo = (letter: LetterSent): Record<string, unknown> => ({
  letter_id: letter.letterId,
  application_id: letter.applicationId,
  template: letter.template,
  handed_to_post_at: letter.at,
});

/** The letter mailer. A letter handed to the post cannot be called back: there is no way to delete one. */
export const createLetterMailer = (journal: Journal<LetterSent>): Hono => {
  const app = createService();
  const byKey = new Map(
    journal.events.flatMap((letter) => (letter.key === null ? [] : [[letter.key, letter] as const])),
  );

  app.get('/letters', (c) => {
    const applicationId = c.req.query('application_id');
    const letters = journal.events.filter(
      (l) => applicationId === undefined || l.applicationId === applicationId,
    );
    return c.json({ letters: letters.map((l) => ({ ...answerTo(l), body: l.body })), total: letters.length });
  });
  app.post('/letters', async (c) => {
    const request = await bodyOf(c, LetterRequest);
    if (applicantById(request.applicant_id) === null)
      throw new ServiceError(404, `no applicant ${request.applicant_id}`);
    const key = c.req.header('idempotency-key') ?? null;
    const earlier = key === null ? undefined : byKey.get(key);
    if (earlier !== undefined) return c.json(answerTo(earlier));
    const letter: LetterSent = {
      type: 'letter_sent',
      letterId: `LTR-${String(journal.events.length + 1).padStart(6, '0')}`,
      applicationId: request.application_id,
      applicantId: request.applicant_id,
      template: request.template,
      body: request.body,
      key,
      at: new Date().toISOString(),
    };
    journal.append(letter);
    if (key !== null) byKey.set(key, letter);
    return c.json(answerTo(letter));
  });
  return app;
};
