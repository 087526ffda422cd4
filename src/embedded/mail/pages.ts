import { html } from 'hono/html';
import type { CaughtMail } from './store.ts';

/** Part of a page, safe to put into another: everything in it was escaped on the way. */
type Markup = ReturnType<typeof html>;

/** All mails, the last one first. */
export function listPage(mails: readonly CaughtMail[]): Markup {
  const rows = mails.map(
    (mail) =>
      html`<tr>
        <td><time datetime="${mail.receivedAt}">${timeText(mail.receivedAt)}</time></td>
        <td>${mail.envelope.to.join(', ')}</td>
        <td class="subject"><a href="/mails/${mail.id}">${mail.subject || '(no subject)'}</a></td>
      </tr>`,
  );
  const table = html`<table class="rows">
    <thead>
      <tr>
        <th scope="col">Received</th>
        <th scope="col">To</th>
        <th scope="col">Subject</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
  const empty = html`<p>No mail yet. A postmortem’s distribution ends up here.</p>`;
  return layout(
    'Mails',
    html`<h1>Mails (${mails.length})</h1>
      ${mails.length === 0 ? empty : table}`,
  );
}

/** One mail: who, the html in a sandbox, the text, the attachments, the headers. */
export function mailPage(mail: CaughtMail): Markup {
  return layout(
    mail.subject || '(no subject)',
    html`<p><a href="/">All mails</a></p>
      <h1>${mail.subject || '(no subject)'}</h1>
      <dl>
        <dt>From</dt>
        <dd>${mail.from}</dd>
        <dt>To</dt>
        <dd>${mail.to}</dd>
        <dt>Delivered to</dt>
        <dd>${mail.envelope.to.join(', ')}</dd>
        <dt>Received</dt>
        <dd><time datetime="${mail.receivedAt}">${timeText(mail.receivedAt)}</time></dd>
        <dt>Message-ID</dt>
        <dd>${mail.messageId}</dd>
      </dl>
      ${mail.attachments.length === 0 ? '' : attachmentList(mail)}
      ${
        mail.html
          ? html`<h2>HTML</h2>
              <iframe sandbox title="The mail’s html" src="/mails/${mail.id}/html"></iframe>`
          : ''
      }
      ${
        mail.text
          ? html`<h2>Text</h2>
              <pre>${withLinks(mail.text)}</pre>`
          : ''
      }
      <details>
        <summary>Headers</summary>
        <pre>${mail.headers.map(({ name, value }) => `${name}: ${value}`).join('\n')}</pre>
      </details>
      <p><a href="/mails/${mail.id}/message">The message as it came</a></p>`,
  );
}

export function missingPage(): Markup {
  return layout(
    'No such mail',
    html`<h1>No such mail</h1>
      <p><a href="/">All mails</a></p>`,
  );
}

function attachmentList(mail: CaughtMail): Markup {
  const items = mail.attachments.map(
    ({ fileName, contentType, bytes }, index) =>
      html`<li>
        <a href="/mails/${mail.id}/attachments/${index}">${fileName}</a> (${contentType}, ${bytes} bytes)
      </li>`,
  );
  return html`<h2>Attachments</h2>
    <ul>
      ${items}
    </ul>`;
}

/** The text with its web addresses made links: the html part’s own links lead nowhere, being in a sandbox. */
function withLinks(text: string): (string | Markup)[] {
  return text
    .split(/(https?:\/\/[^\s<>"')\]]+)/)
    .map((part, index) => (index % 2 === 1 ? html`<a href="${part}" rel="noreferrer">${part}</a>` : part));
}

function timeText(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

function layout(title: string, main: Markup): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · sample mail catcher</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <p class="sample" role="note">
          Sample mail catcher: nothing shown here has been delivered to anybody.
        </p>
        <main>${main}</main>
      </body>
    </html>`;
}

export const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 60rem; margin: 0 auto; padding: 0 1rem 3rem; }
.sample { margin: 0; padding: .5rem 1rem; background: #7a4b00; color: #fff; text-align: center; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid #8886; vertical-align: top; }
td:first-child { white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border: 1px solid #8886; border-radius: 4px; }
@media (width < 40rem) {
  .rows thead { display: none; }
  .rows tr { display: flex; flex-wrap: wrap; padding: .5rem 0; border-bottom: 1px solid #8886; }
  .rows td { border: 0; padding: 0 .75rem 0 0; }
  .rows .subject { order: -1; width: 100%; }
}
iframe { width: 100%; height: 40rem; border: 1px solid #8886; border-radius: 4px; background: #fff; }
`;
