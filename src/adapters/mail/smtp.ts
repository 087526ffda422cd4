import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { cleanWords } from './words.ts';

/** One address, and nothing that a header or an envelope could be led astray with. */
export const MailAddress = z
  .string()
  .max(254, 'a mail address has at most 254 characters')
  .regex(
    /^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/u,
    'must be one plain address such as oncall@example.org',
  )
  // eslint-disable-next-line no-control-regex
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not hold control characters');

const HeaderLine = z
  .string()
  .min(1)
  .max(300)
  // eslint-disable-next-line no-control-regex
  .regex(/^[^\u0000-\u001f\u007f\u2028\u2029]*$/, 'must be one line');

export const Mail = z.strictObject({
  to: MailAddress,
  subject: HeaderLine,
  /** `<…@…>`, the same for the same mail for ever. */
  messageId: z.string().regex(/^<[A-Za-z0-9._-]+@[A-Za-z0-9.-]+>$/, 'must look like <id@domain>'),
  text: z.string(),
  html: z.string().nullable(),
  attachments: z
    .array(
      z.strictObject({
        fileName: z.string().regex(/^[\w.-]+$/),
        contentType: z.string(),
        content: z.string(),
      }),
    )
    .max(5),
});
export type Mail = z.infer<typeof Mail>;

/**
 * What became of a mail. `not_sent`: nothing was accepted, trying again is safe (4xx, or lost before the message went
 * out). `refused`: the server said no for good. `uncertain`: the message was on its way and no answer came.
 */
export type MailOutcome =
  | { status: 'sent'; words: string }
  | { status: 'refused' | 'not_sent' | 'uncertain'; words: string };

export interface Mailer {
  /** Sends to one recipient. Never throws: a mail that may not be sent is refused, with the field's name. */
  send(mail: Mail): Promise<MailOutcome>;
  /** Connects and says hello; throws with the server's words. */
  verify(): Promise<void>;
}

export const SmtpConfig = z.strictObject({
  /** `smtp://user:password@host:port` or `smtps://…`. */
  url: z.string().regex(/^smtps?:\/\/[^\s]+$/, 'must be an smtp:// or smtps:// address'),
  from: z.strictObject({ name: HeaderLine, address: MailAddress }),
  timeoutMs: z.int().positive().default(20_000),
});
export type SmtpConfig = z.infer<typeof SmtpConfig>;

const MailFailure = z.object({
  code: z.string().optional(),
  responseCode: z.number().optional(),
  response: z.string().optional(),
  message: z.string(),
});

/**
 * Which stage a failure belongs to, after nodemailer's own codes. EENVELOPE (sender, recipient, DATA) and EMESSAGE
 * (after the message) carry the server's answer; every other code is the connection's, and then it counts whether the
 * message had begun to flow, which starts at the server's 354.
 */
export function outcomeOf(error: unknown, flowing: boolean): MailOutcome {
  const parsed = MailFailure.safeParse(error);
  const failure = parsed.success ? parsed.data : { message: String(error) };
  const { code, responseCode } = { code: undefined, responseCode: undefined, ...failure };
  const words = cleanWords(failure.response ?? failure.message);
  const aboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (responseCode !== undefined) {
    // 503, bad sequence of commands, is about the session and not about the mail (nodemailer, errors.ts).
    const forGood = responseCode >= 500 && responseCode !== 503;
    if (aboutMail) return { status: forGood ? 'refused' : 'not_sent', words };
    if (responseCode === 421) return { status: 'not_sent', words };
  }
  if (aboutMail && !flowing) return { status: 'refused', words };
  return { status: flowing ? 'uncertain' : 'not_sent', words };
}

/** Mails over SMTP, a connection each, so that every failure belongs to exactly one mail. */
export function createSmtpMailer(config: SmtpConfig): Mailer {
  const { url, from, timeoutMs } = SmtpConfig.parse(config);
  const options = {
    url,
    pool: false as const,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return {
    async send(mail) {
      const checked = Mail.safeParse(mail);
      if (!checked.success) return { status: 'refused', words: cleanWords(z.prettifyError(checked.error)) };
      const { to, subject, messageId, text, html, attachments } = checked.data;
      const transport = createTransport(options);
      let flowing = false;
      transport.use('stream', (composed, done) => {
        const read = composed.message.createReadStream.bind(composed.message);
        composed.message.createReadStream = (...args: Parameters<typeof read>) =>
          read(...args).once('resume', () => (flowing = true));
        done();
      });
      try {
        const info = await transport.sendMail({
          from,
          to: { name: '', address: to },
          envelope: { from: from.address, to: [to] },
          subject,
          messageId,
          text,
          ...(html === null ? {} : { html }),
          attachments: attachments.map(({ fileName, contentType, content }) => ({
            filename: fileName,
            contentType,
            content,
          })),
          headers: { 'Auto-Submitted': 'auto-generated' },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
        return { status: 'sent', words: cleanWords(info.response) };
      } catch (error) {
        return outcomeOf(error, flowing);
      } finally {
        transport.close();
      }
    },
    async verify() {
      const transport = createTransport(options);
      try {
        await transport.verify();
      } finally {
        transport.close();
      }
    },
  };
}
