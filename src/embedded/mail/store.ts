import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser';
import { z } from 'zod';
import { privateDir } from '../home.ts';

/** A mail as it was caught: what the SMTP session said, and what the message says. */
export const CaughtMail = z.object({
  /** Six digits, in order of arrival. */
  id: z.string().regex(/^\d{6}$/),
  /** ISO 8601. */
  receivedAt: z.string(),
  envelope: z.object({ from: z.string(), to: z.array(z.string()) }),
  messageId: z.string(),
  subject: z.string(),
  from: z.string(),
  to: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  text: z.string(),
  html: z.string(),
  attachments: z.array(z.object({ fileName: z.string(), contentType: z.string(), bytes: z.number() })),
});
export type CaughtMail = z.infer<typeof CaughtMail>;

/** Caught mails as files: `000001.eml` is the message byte by byte, `000001.json` what was read in it. */
export class MailStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = privateDir(dir);
  }

  async save(message: Buffer, envelope: CaughtMail['envelope'], receivedAt: Date): Promise<CaughtMail> {
    const parsed = await simpleParser(message);
    const id = this.#claim(message);
    const mail = describe(id, parsed, envelope, receivedAt);
    writeFileSync(this.#file(id, 'json'), `${JSON.stringify(mail, null, 2)}\n`, { mode: 0o600 });
    return mail;
  }

  /** Every mail, the last one first. */
  list(): CaughtMail[] {
    return this.#ids()
      .map((id) => this.get(id))
      .filter((mail) => mail !== undefined)
      .reverse();
  }

  get(id: string): CaughtMail | undefined {
    try {
      return CaughtMail.parse(JSON.parse(readFileSync(this.#file(id, 'json'), 'utf8')));
    } catch {
      return undefined;
    }
  }

  /** The message as it came, or undefined when there is no such mail. */
  message(id: string): Buffer | undefined {
    try {
      return readFileSync(this.#file(id, 'eml'));
    } catch {
      return undefined;
    }
  }

  /** The content of the attachment with this index, or undefined. */
  async attachment(id: string, index: number): Promise<{ fileName: string; content: Buffer } | undefined> {
    const message = this.message(id);
    const found = message && (await simpleParser(message)).attachments[index];
    return found && { fileName: found.filename ?? `attachment-${index + 1}`, content: found.content };
  }

  /** Takes the next free number by writing the message under it; another process may take one meanwhile. */
  #claim(message: Buffer): string {
    for (let number = Number(this.#ids('eml').at(-1) ?? 0) + 1; ; number++) {
      const id = String(number).padStart(6, '0');
      try {
        writeFileSync(this.#file(id, 'eml'), message, { flag: 'wx', mode: 0o600 });
        return id;
      } catch (error) {
        if (!existsSync(this.#file(id, 'eml'))) throw error;
      }
    }
  }

  #ids(ending: 'eml' | 'json' = 'json'): string[] {
    const names = readdirSync(this.#dir).filter((name) => new RegExp(`^\\d{6}\\.${ending}$`).test(name));
    return names.map((name) => name.slice(0, 6)).toSorted();
  }

  #file(id: string, ending: 'eml' | 'json'): string {
    if (!/^\d{6}$/.test(id)) throw new Error(`no mail has the id ${id}`);
    return join(this.#dir, `${id}.${ending}`);
  }
}

function describe(
  id: string,
  parsed: ParsedMail,
  envelope: CaughtMail['envelope'],
  receivedAt: Date,
): CaughtMail {
  return {
    id,
    receivedAt: receivedAt.toISOString(),
    envelope,
    messageId: parsed.messageId ?? '',
    subject: parsed.subject ?? '',
    from: parsed.from?.text ?? '',
    to: addressText(parsed.to),
    headers: parsed.headerLines.map(({ key, line }) => ({
      name: key,
      value: line.slice(line.indexOf(':') + 1).trim(),
    })),
    text: parsed.text ?? '',
    html: typeof parsed.html === 'string' ? parsed.html : '',
    attachments: parsed.attachments.map((attachment, index) => ({
      fileName: attachment.filename ?? `attachment-${index + 1}`,
      contentType: attachment.contentType,
      bytes: attachment.size,
    })),
  };
}

function addressText(to: AddressObject | AddressObject[] | undefined): string {
  return [to ?? []]
    .flat()
    .map(({ text }) => text)
    .join(', ');
}
