import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import type { Core } from '../core.ts';
import { sameOriginOnly } from '../people/guard.ts';
import { screenFor } from './screen.ts';
import type { DeclaredShortcut } from './screen.ts';
import { shellHtml } from './shell.ts';

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'";

const ASSETS: Readonly<Record<string, string>> = {
  'stand-in.js': 'text/javascript',
  'fields.js': 'text/javascript',
  'stand-in.css': 'text/css',
};

/** The page on which a person uses the stand-in in a browser. */
export function pageRoutes(core: Core, shortcuts: readonly DeclaredShortcut[]): Hono {
  const app = new Hono();
  const guard = sameOriginOnly(core);
  app.get('/', guard, secureHeaders, async (c) => c.html(await shellHtml(core, shortcuts)));
  app.get('/archives/:channel/:place', guard, (c) => {
    const { channel, place } = c.req.param();
    const ts = place.replace(/^p(\d+)(\d{6})$/, '$1.$2');
    return c.redirect(`/#place=${encodeURIComponent(channel)}&message=${encodeURIComponent(ts)}`);
  });
  app.get('/page/:asset', (c) => {
    const name = c.req.param('asset');
    const type = ASSETS[name];
    if (type === undefined) return c.notFound();
    c.header('content-type', `${type}; charset=utf-8`);
    return c.body(readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8'));
  });
  app.get('/stand-in/people/:id/screen', guard, async (c) => {
    const { place, thread } = c.req.query();
    const asked = { userId: c.req.param('id'), place: place ?? '', threadTs: thread ?? null };
    return c.json(await screenFor(core, shortcuts, asked));
  });
  return app;
}

const secureHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  c.header('content-security-policy', CSP);
  c.header('x-content-type-options', 'nosniff');
  c.header('referrer-policy', 'no-referrer');
  c.header('cache-control', 'no-store');
};
