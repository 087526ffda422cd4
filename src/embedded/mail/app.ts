import { Hono, type Context } from 'hono';
import { listPage, mailPage, missingPage, STYLE } from './pages.ts';
import type { MailStore } from './store.ts';

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** A mail's html may look as it likes and do nothing: no script, no request, no origin, even when opened directly. */
const MAIL_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** The pages and the JSON interface of the mail catcher. Answers only to the names of loopback. */
export function mailApp(store: MailStore): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    if (!isLoopbackName(context.req.header('host') ?? '')) return context.text('unknown host', 421);
    await next();
    if (!context.res.headers.has('content-security-policy'))
      context.header('content-security-policy', PAGE_POLICY);
    context.header('x-content-type-options', 'nosniff');
    context.header('referrer-policy', 'no-referrer');
    context.header('cache-control', 'no-store');
    return undefined;
  });
  app.get('/', (context) => context.html(listPage(store.list())));
  app.get('/style.css', (context) => context.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/api/mails', (context) => context.json({ mails: store.list() }));
  app.get('/mails/:id{\\d{6}}', (context) => {
    const mail = store.get(context.req.param('id'));
    return mail ? context.html(mailPage(mail)) : context.html(missingPage(), 404);
  });
  app.get('/mails/:id{\\d{6}}/html', (context) => {
    const mail = store.get(context.req.param('id'));
    if (!mail) return context.html(missingPage(), 404);
    return context.html(mail.html, 200, { 'content-security-policy': MAIL_POLICY });
  });
  app.get('/mails/:id{\\d{6}}/message', (context) => {
    const message = store.message(context.req.param('id'));
    return message
      ? download(context, `${context.req.param('id')}.eml`, message)
      : context.html(missingPage(), 404);
  });
  app.get('/mails/:id{\\d{6}}/attachments/:index{\\d{1,3}}', async (context) => {
    const found = await store.attachment(context.req.param('id'), Number(context.req.param('index')));
    return found ? download(context, found.fileName, found.content) : context.html(missingPage(), 404);
  });
  app.notFound((context) => context.html(missingPage(), 404));
  return app;
}

function download(context: Context, fileName: string, content: Buffer): Response {
  return context.body(new Uint8Array(content), 200, {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    'content-security-policy': MAIL_POLICY,
  });
}

/** A page of another name that resolves to us is not served: it could read the mails. */
function isLoopbackName(host: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(host.replace(/:\d+$/, ''));
}
