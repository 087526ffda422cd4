import { createServer, type Socket } from 'node:net';
import { createSmtpMailer, MailAddress, outcomeOf, type Mail } from '../../../src/adapters/mail/smtp.ts';
import type { MailCatcher } from '../../../src/embedded/mail/catcher.ts';
import { freePort } from '../../../src/embedded/ports.ts';
import { testMailServer } from '../../support/smtp.ts';

let server: MailCatcher;
beforeAll(async () => {
  server = await testMailServer();
});
afterAll(() => server.stop());
afterEach(() => server.faults.clear());

const from = { name: 'Holdpoint', address: 'holdpoint@example.org' };
const mailer = (url = server.smtpUrl) => createSmtpMailer({ url, from, timeoutMs: 2_000 });
const mail = (over: Partial<Mail> = {}): Mail => ({
  to: 'oncall@example.org',
  subject: 'Postmortem SEV2: Decline rate',
  messageId: '<abc@holdpoint.example.org>',
  text: 'in words',
  html: '<p>in words</p>',
  attachments: [
    { fileName: 'postmortem.md', contentType: 'text/markdown; charset=utf-8', content: '# Postmortem – “ü”' },
  ],
  ...over,
});

/** A server that greets and then plays a scripted line for each command; `null` cuts the connection. */
async function scripted(answers: (command: string) => string | null): Promise<{ url: string; stop(): void }> {
  const port = await freePort();
  const open = new Set<Socket>();
  const listener = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    const reply = (line: string | null) => (line === null ? socket.destroy() : socket.write(`${line}\r\n`));
    let data = false;
    let rest = '';
    reply(answers('GREETING'));
    socket.on('data', (chunk) => {
      rest += chunk.toString('binary');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (data && line !== '.') continue;
        const answer = answers(data ? 'MESSAGE' : line.split(' ')[0]!.toUpperCase());
        data = !data && line.toUpperCase() === 'DATA' && (answer ?? '').startsWith('354');
        reply(answer);
      }
    });
  });
  await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${port}`,
    stop: () => {
      for (const socket of open) socket.destroy();
      listener.close();
    },
  };
}

const polite: Record<string, string> = {
  GREETING: '220 hello',
  EHLO: '250 hello',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go',
  MESSAGE: '250 kept',
  QUIT: '221 bye',
};
async function against(over: Record<string, string | null>) {
  const server = await scripted((command) =>
    command in over ? over[command]! : (polite[command] ?? '250 ok'),
  );
  try {
    return await mailer(server.url).send(mail());
  } finally {
    server.stop();
  }
}

describe('a mail that arrives', () => {
  it('goes to one recipient with the given id, marked as automatic, and without list headers', async () => {
    expect(await mailer().send(mail())).toEqual({ status: 'sent', words: expect.stringContaining('250') });
    const [caught] = server.mails();
    expect(caught).toMatchObject({
      envelope: { from: from.address, to: ['oncall@example.org'] },
      messageId: '<abc@holdpoint.example.org>',
      subject: 'Postmortem SEV2: Decline rate',
      to: 'oncall@example.org',
      attachments: [{ fileName: 'postmortem.md' }],
    });
    const header = (name: string) =>
      caught?.headers.filter((one) => one.name === name).map((one) => one.value);
    expect(header('auto-submitted')).toEqual(['auto-generated']);
    expect(caught?.headers.filter((one) => one.name.startsWith('list-'))).toEqual([]);
    expect(caught?.text).toContain('in words');
    expect(caught?.html).toContain('<p>in words</p>');
  });
});

describe('which stage a failure belongs to', () => {
  it('nobody listens: not sent', async () => {
    const outcome = await mailer(`smtp://127.0.0.1:${await freePort()}`).send(mail());
    expect(outcome.status).toBe('not_sent');
  });

  it('451 after the message: not sent, try again', async () => {
    server.faults.tempFail(1);
    expect(await mailer().send(mail())).toEqual({
      status: 'not_sent',
      words: expect.stringContaining('451'),
    });
  });

  it('550 for the recipient: refused, in the server’s words without the address', async () => {
    server.faults.rejectRecipient('gone@example.org', 550);
    const outcome = await mailer().send(mail({ to: 'gone@example.org' }));
    expect(outcome).toEqual({ status: 'refused', words: expect.stringMatching(/^550 .*\(address\)/) });
    expect(outcome.words).not.toContain('gone@example.org');
  });

  it('450 for the recipient: not sent, try again', async () => {
    server.faults.rejectRecipient('busy@example.org', 450);
    expect((await mailer().send(mail({ to: 'busy@example.org' }))).status).toBe('not_sent');
  });

  it('cut after the message was kept: uncertain', async () => {
    const before = server.mails().length;
    server.faults.dropAfterData(1);
    expect((await mailer().send(mail())).status).toBe('uncertain');
    expect(server.mails()).toHaveLength(before + 1);
  });

  it.each([
    ['cut at the greeting', { GREETING: null }, 'not_sent'],
    ['554 at the greeting: nothing about the mail', { GREETING: '554 not today' }, 'not_sent'],
    ['cut at EHLO', { EHLO: null }, 'not_sent'],
    ['cut at MAIL', { MAIL: null }, 'not_sent'],
    ['421 at MAIL', { MAIL: '421 closing' }, 'not_sent'],
    ['cut at RCPT', { RCPT: null }, 'not_sent'],
    ['cut at DATA, before the message', { DATA: null }, 'not_sent'],
    ['554 at DATA', { DATA: '554 no' }, 'refused'],
    ['452 at DATA', { DATA: '452 full' }, 'not_sent'],
    ['503 at DATA: about the session', { DATA: '503 bad sequence' }, 'not_sent'],
    ['cut in place of the last answer', { MESSAGE: null }, 'uncertain'],
    ['554 after the message', { MESSAGE: '554 spam' }, 'refused'],
    ['421 after the message', { MESSAGE: '421 closing' }, 'not_sent'],
    ['no SMTP after the message', { MESSAGE: 'what?' }, 'uncertain'],
    ['accepted', { MESSAGE: '250 kept' }, 'sent'],
  ] as const)('%s', async (_name, over, status) => {
    expect((await against(over)).status).toBe(status);
  });

  it('a server that falls silent after the message: uncertain, within the time limit', async () => {
    const silent = await scripted((command) => (command === 'MESSAGE' ? '' : (polite[command] ?? '250 ok')));
    const outcome = await createSmtpMailer({ url: silent.url, from, timeoutMs: 1_500 }).send(mail());
    silent.stop();
    expect(outcome.status).toBe('uncertain');
  });

  it('a server that falls silent before the message: not sent', async () => {
    const silent = await scripted((command) => (command === 'RCPT' ? '' : (polite[command] ?? '250 ok')));
    const outcome = await createSmtpMailer({ url: silent.url, from, timeoutMs: 1_500 }).send(mail());
    silent.stop();
    expect(outcome.status).toBe('not_sent');
  });

  it('an error nobody knows is uncertain once the message flows, and never before', () => {
    expect(outcomeOf(new Error('boom'), true).status).toBe('uncertain');
    expect(outcomeOf('boom', false).status).toBe('not_sent');
  });
});

describe('a mail that may not be sent', () => {
  it.each([
    ['a second header in the address', { to: 'a@example.org\r\nBcc: evil@example.org' }],
    ['a second recipient', { to: 'a@example.org, evil@example.org' }],
    ['a name beside the address', { to: 'Evil <evil@example.org>' }],
    ['a second header in the subject', { subject: 'x\r\nBcc: evil@example.org' }],
    ['a line separator in the subject', { subject: 'x\u2028y' }],
    ['a header in the message id', { messageId: '<a@b>\r\nX: y' }],
    [
      'a path as file name',
      { attachments: [{ fileName: '../../etc/passwd', contentType: 'text/plain', content: '' }] },
    ],
  ])('is refused before any connection: %s', async (_name, over) => {
    const before = server.mails().length;
    expect((await mailer().send(mail(over))).status).toBe('refused');
    expect(server.mails()).toHaveLength(before);
  });

  it('takes plain addresses, in other scripts too', () => {
    for (const address of ['a@b', 'o’neil@example.org', 'jürgen@exämple.de', 'a+b@example.org'])
      expect(MailAddress.safeParse(address).success).toBe(true);
    for (const address of ['', 'a', '@b', 'a@', 'a b@c', 'a@b@c', '"a b"@c', `${'x'.repeat(260)}@b`])
      expect(MailAddress.safeParse(address).success).toBe(false);
  });

  it('reads no file and no address that a mail names', async () => {
    const attachment = {
      fileName: 'x.txt',
      contentType: 'text/plain',
      content: 'plain',
      path: '/etc/hostname',
    };
    expect((await mailer().send(mail({ attachments: [attachment] }))).status).toBe('refused');
  });
});

describe('verify', () => {
  it('says hello, or throws the reason', async () => {
    await expect(mailer().verify()).resolves.toBeUndefined();
    await expect(mailer(`smtp://127.0.0.1:${await freePort()}`).verify()).rejects.toThrow(/ECONNREFUSED/);
  });

  it('refuses a configuration without an SMTP address', () => {
    expect(() => createSmtpMailer({ url: 'http://x', from, timeoutMs: 1 })).toThrow(
      /smtp:\/\/ or smtps:\/\//,
    );
  });
});
