import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Hono } from 'hono';

const TYPES = {
  'holdpoint.css': 'text/css; charset=utf-8',
  'holdpoint.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;
type AssetName = keyof typeof TYPES;

interface Asset {
  text: string;
  digest: string;
}

const assets = new Map<AssetName, Asset>();

/** Read once; the digest in the address lets a browser keep it for ever. */
function assetOf(name: AssetName): Asset {
  const known = assets.get(name);
  if (known) return known;
  const text = readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
  const asset = { text, digest: createHash('sha256').update(text).digest('hex').slice(0, 16) };
  assets.set(name, asset);
  return asset;
}

export const assetPath = (name: AssetName): string => `/assets/${assetOf(name).digest}/${name}`;

/** `GET /assets/:digest/:name`, for anybody: nothing of an incident is in them. */
export function assetRoutes(app: Hono): void {
  for (const name of Object.keys(TYPES) as AssetName[])
    app.get(`/assets/:digest/${name}`, (context) => {
      const { text, digest } = assetOf(name);
      const isCurrent = context.req.param('digest') === digest;
      return context.body(text, 200, {
        'content-type': TYPES[name],
        'cache-control': isCurrent ? 'public, max-age=31536000, immutable' : 'no-cache',
      });
    });
}
