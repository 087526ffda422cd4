import type { MiddlewareHandler } from 'hono';
import type { Core } from '../core.ts';

/**
 * The page and the person API act as people without a password, so no other web page may reach them: the request
 * must name this server as its host (DNS rebinding), and a browser's request must come from the stand-in's page.
 */
export function sameOriginOnly(core: Core): MiddlewareHandler {
  return async (c, next) => {
    const own = new URL(core.url());
    const hosts = [own.host, `localhost:${own.port}`];
    const host = c.req.header('host') ?? '';
    const origin = c.req.header('origin');
    const site = c.req.header('sec-fetch-site');
    const strange =
      !hosts.includes(host) ||
      (origin !== undefined && origin !== `http://${host}`) ||
      (site !== undefined && site !== 'same-origin' && !(site === 'none' && c.req.method === 'GET'));
    if (strange && !isLink(site, c.req.method, c.req.path, hosts.includes(host))) {
      return c.json({ error: 'Only the page of this stand-in and programs of this machine may ask' }, 403);
    }
    await next();
  };
}

/** A link on another page may open the page itself, which then asks for its data as its own origin. */
function isLink(site: string | undefined, method: string, path: string, hostFits: boolean): boolean {
  const opensPage = path === '/' || path.startsWith('/archives/');
  return hostFits && method === 'GET' && opensPage && site !== undefined;
}
