import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { findUser } from '../core.ts';
import type { Core } from '../core.ts';
import { sameOriginOnly } from './guard.ts';
import type { Acted, Person } from './person.ts';
import { respond } from './response-url.ts';
import { seenChannels, seenFile, seenHome, seenMessages, seenModal, seenToasts } from './sees.ts';

const Input = z.union([z.string(), z.array(z.string()), z.null()]);
const element = {
  actionId: z.string().optional(),
  blockId: z.string().optional(),
  label: z.string().optional(),
};
const inMessage = { channel: z.string(), ts: z.string() };

const Click = z.strictObject({ ...inMessage, ...element });
const Select = z.strictObject({ ...inMessage, ...element, input: Input });
const ViewClick = z.strictObject({ view: z.string(), ...element });
const Enter = z.strictObject({ view: z.string(), ...element, input: Input });
const Submit = z.strictObject({ view: z.string(), values: z.record(z.string(), Input).default({}) });
const Close = z.strictObject({ view: z.string(), all: z.boolean().default(false) });
const Slash = z.strictObject({ command: z.string(), text: z.string().default(''), channel: z.string() });
const Shortcut = z.strictObject({ callbackId: z.string() });
const MessageShortcut = z.strictObject({ ...inMessage, callbackId: z.string() });
const Say = z.strictObject({ channel: z.string(), text: z.string().min(1), threadTs: z.string().optional() });

type Act = (person: Person, body: unknown) => Promise<Acted | null>;

/** What a person can do over HTTP; the names are the last part of `POST /stand-in/people/:id/<name>`. */
const ACTS: Readonly<Record<string, Act>> = {
  click: async (person, body) => {
    const { channel, ts, ...query } = Click.parse(body);
    return await person.click(channel, ts, query);
  },
  select: async (person, body) => {
    const { channel, ts, input, ...query } = Select.parse(body);
    return await person.select(channel, ts, query, input);
  },
  'view-click': async (person, body) => {
    const { view, ...query } = ViewClick.parse(body);
    return await person.clickInView(view, query);
  },
  enter: async (person, body) => {
    const { view, input, ...query } = Enter.parse(body);
    return await person.enter(view, query, input);
  },
  submit: async (person, body) => {
    const { view, values } = Submit.parse(body);
    return await person.submitView(view, values);
  },
  close: async (person, body) => {
    const { view, all } = Close.parse(body);
    return await person.closeView(view, all);
  },
  slash: async (person, body) => {
    const { command, text, channel } = Slash.parse(body);
    return await person.slash(command, text, channel);
  },
  'open-home': async (person) => await person.openHome(),
  shortcut: async (person, body) => await person.shortcut(Shortcut.parse(body).callbackId),
  'message-shortcut': async (person, body) => {
    const { callbackId, channel, ts } = MessageShortcut.parse(body);
    return await person.messageShortcut(callbackId, channel, ts);
  },
  say: async (person, body) => {
    const { channel, text, threadTs } = Say.parse(body);
    person.say(channel, text, threadTs ?? null);
    return await Promise.resolve(null);
  },
};

/** The JSON API through which another process acts and reads as a person, and the response_urls of the app. */
export function peopleRoutes(core: Core, person: (id: string) => Person): Hono {
  const app = new Hono();
  app.post('/response/:token', async (c) => {
    const body: unknown = await c.req.json().catch(() => null);
    const { status, text } = respond(core, c.req.param('token'), body);
    return c.text(text, status);
  });
  app.use('/stand-in/*', sameOriginOnly(core));
  app.use('/stand-in/people/:id/*', async (c, next) => {
    if (findUser(core, c.req.param('id')) === undefined) return c.json({ error: 'Nobody has this id' }, 404);
    await next();
  });
  app.get('/stand-in/people', (c) => c.json({ people: peopleWhoCanAct(core) }));
  app.get('/stand-in/people/:id/channels', (c) =>
    c.json({ channels: seenChannels(core, c.req.param('id')) }),
  );
  app.get('/stand-in/people/:id/messages', (c) => {
    const { channel, thread } = c.req.query();
    return c.json({ messages: seenMessages(core, c.req.param('id'), channel ?? '', thread ?? null) });
  });
  app.get('/stand-in/people/:id/view', (c) => c.json({ view: seenModal(core, c.req.param('id')) }));
  app.get('/stand-in/people/:id/home', (c) => c.json({ home: seenHome(core, c.req.param('id')) }));
  app.get('/stand-in/people/:id/toasts', (c) => c.json({ toasts: seenToasts(core, c.req.param('id')) }));
  app.get('/stand-in/people/:id/files/:file', (c) => {
    const file = seenFile(core, c.req.param('id'), c.req.param('file'));
    if (file === null) return c.json({ error: 'No such file for this person' }, 404);
    c.header('content-type', 'text/plain; charset=utf-8');
    c.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`);
    c.header('x-content-type-options', 'nosniff');
    return c.body(new Uint8Array(file.bytes));
  });
  app.get('/stand-in/changes', (c) => streamChanges(core, c));
  app.post('/stand-in/people/:id/:act', async (c) => {
    const id = c.req.param('id');
    const act = ACTS[c.req.param('act')];
    if (act === undefined)
      return c.json({ error: `No such action; there: ${Object.keys(ACTS).join(', ')}` }, 404);
    const type = c.req.header('content-type') ?? '';
    if (!type.startsWith('application/json')) return c.json({ error: 'Send application/json' }, 415);
    const body: unknown = await c.req.json().catch(() => ({}));
    try {
      const acted = await act(person(id), body);
      return c.json({
        ok: acted?.ok ?? true,
        error: acted?.delivery?.error ?? null,
        errors: acted?.errors ?? {},
        view: seenModal(core, id),
      });
    } catch (error) {
      if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400);
      return c.json({ error: error instanceof Error ? error.message : String(error) }, 409);
    }
  });
  return app;
}

/** The people one can be on the page, in the order of the workspace. */
export function peopleWhoCanAct(core: Core): { id: string; name: string; title: string }[] {
  return core.workspace.users
    .filter((user) => !user.isBot && !user.deleted)
    .map(({ id, realName, title }) => ({ id, name: realName, title }));
}

/** Tells the page that something changed; it then asks for what the person sees. */
function streamChanges(core: Core, c: Parameters<typeof streamSSE>[0]): Response {
  return streamSSE(c, async (stream) => {
    let wake = (): void => undefined;
    const stop = core.store.onChange(() => wake());
    stream.onAbort(() => {
      stop();
      wake();
    });
    while (!stream.aborted && !stream.closed) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await stream.writeSSE({ data: String(core.store.version) });
      await changed;
    }
    stop();
  });
}
