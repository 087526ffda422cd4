import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { startMailCatcher, type MailCatcher } from '../../../src/embedded/mail/catcher.ts';
import { MailStore } from '../../../src/embedded/mail/store.ts';
import { freePort } from '../../../src/embedded/ports.ts';
import { testMailServer } from '../../support/smtp.ts';

let catcher: MailCatcher;
beforeEach(async () => {
  catcher = await testMailServer();
});
afterEach(() => catcher.stop());

const mail = {
  from: 'holdpoint@example.org',
  to: 'platform@example.org',
  subject: 'Postmortem',
  text: 'read me',
};

async function send(message: SendMailOptions): Promise<unknown> {
  const transport = createTransport(catcher.smtpUrl);
  try {
    return await transport.sendMail(message);
  } finally {
    transport.close();
  }
}

describe('catching', () => {
  it('keeps what was sent, and who it was for', async () => {
    await send({
      ...mail,
      bcc: 'oncall@example.org',
      messageId: '<a@holdpoint>',
      html: '<p>read <b>me</b></p>',
    });
    const [caught] = catcher.mails();
    expect(caught).toMatchObject({
      envelope: { from: 'holdpoint@example.org', to: ['platform@example.org', 'oncall@example.org'] },
      messageId: '<a@holdpoint>',
      subject: 'Postmortem',
      html: '<p>read <b>me</b></p>',
    });
    expect(caught?.text).toContain('read me');
  });

  it('shows mails over JSON, the last one first', async () => {
    await send({ ...mail, subject: 'one' });
    await send({ ...mail, subject: 'two' });
    const body: unknown = await (await fetch(`${catcher.webUrl}/api/mails`)).json();
    expect(body).toMatchObject({ mails: [{ subject: 'two' }, { subject: 'one' }] });
  });

  it('keeps mails and addresses over a restart', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'holdpoint-mail-'));
    const ports = { smtpPort: await freePort(), httpPort: await freePort() };
    const first = await startMailCatcher({ dir, ...ports });
    await createTransport(first.smtpUrl).sendMail(mail);
    await first.stop();
    const second = await startMailCatcher({ dir });
    expect([second.smtpUrl, second.webUrl]).toEqual([first.smtpUrl, first.webUrl]);
    await createTransport(second.smtpUrl).sendMail({ ...mail, subject: 'later' });
    expect(second.mails().map(({ subject }) => subject)).toEqual(['later', 'Postmortem']);
    await second.stop();
    rmSync(dir, { recursive: true });
  });
});

describe('two catchers on one folder', () => {
  it('do not write over each other', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'holdpoint-mail-'));
    const [one, other] = [new MailStore(dir), new MailStore(dir)];
    const envelope = { from: 'a@example.org', to: ['b@example.org'] };
    const save = (store: MailStore, subject: string) =>
      store.save(Buffer.from(`Subject: ${subject}\r\n\r\nx\r\n`), envelope, new Date(0));
    await Promise.all([save(one, 'a'), save(other, 'b'), save(one, 'c'), save(other, 'd')]);
    expect(
      one
        .list()
        .map(({ subject }) => subject)
        .toSorted(),
    ).toEqual(['a', 'b', 'c', 'd']);
    rmSync(dir, { recursive: true });
  });
});

describe('the page', () => {
  const page = async (path: string) => {
    const response = await fetch(catcher.webUrl + path);
    return { response, text: await response.text() };
  };

  it('says that it is a sample and lists mails with hostile subjects as text', async () => {
    await send({ ...mail, subject: '<img src=x onerror=alert(1)>' });
    const { response, text } = await page('/');
    expect(text).toContain('nothing shown here has been delivered');
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(text).not.toContain('<img');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'/);
  });

  it('shows html only inside a sandbox that allows nothing', async () => {
    await send({ ...mail, html: '<script>alert(1)</script><p>hello</p>' });
    const { text } = await page('/mails/000001');
    expect(text).toMatch(/<iframe sandbox title="[^"]+" src="\/mails\/000001\/html"><\/iframe>/);
    expect(text).not.toContain('<script');
    const inner = await page('/mails/000001/html');
    expect(inner.text).toContain('<p>hello</p>');
    const policy = inner.response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^sandbox; default-src 'none'; /);
    expect(policy).not.toContain('script-src');
  });

  it('links web addresses of the text and nothing else', async () => {
    await send({ ...mail, text: 'see http://127.0.0.1:1/i/1 and javascript:alert(1) "><b>x' });
    const { text } = await page('/mails/000001');
    expect(text).toContain('<a href="http://127.0.0.1:1/i/1" rel="noreferrer">');
    expect(text).not.toMatch(/href="javascript/);
    expect(text).not.toContain('<b>x');
  });

  it('hands attachments out as downloads, byte by byte', async () => {
    const content = Buffer.from([0, 1, 2, 255]);
    await send({ ...mail, attachments: [{ filename: 'ä".html', content, contentType: 'text/html' }] });
    const response = await fetch(`${catcher.webUrl}/mails/000001/attachments/0`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(content);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''%C3%A4%22.html");
  });

  it('answers 404 to what is not there, and to ids that are no ids', async () => {
    for (const path of ['/mails/000009', '/mails/..%2f..%2fetc', '/mails/000001/attachments/0', '/x']) {
      expect((await page(path)).response.status).toBe(404);
    }
  });

  it('does not answer under a foreign name', async () => {
    const { port } = new URL(catcher.webUrl);
    const status = await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, headers: { host: `evil.example:${port}` } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });
});

describe('faults', () => {
  it('refuses one recipient and takes the other', async () => {
    catcher.faults.rejectRecipient('Gone@example.org', 550);
    await expect(send({ ...mail, to: 'gone@example.org' })).rejects.toMatchObject({ responseCode: 550 });
    await send(mail);
    expect(catcher.mails()).toHaveLength(1);
  });

  it('fails for now, keeping nothing, then takes the mail', async () => {
    catcher.faults.tempFail(1);
    await expect(send(mail)).rejects.toMatchObject({ responseCode: 451 });
    expect(catcher.mails()).toHaveLength(0);
    await send(mail);
    expect(catcher.mails()).toHaveLength(1);
  });

  it('keeps the mail and drops the connection, so that the sender cannot know', async () => {
    catcher.faults.dropAfterData(1);
    const error = await send(mail).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toHaveProperty('responseCode');
    expect(catcher.mails()).toHaveLength(1);
  });
});
