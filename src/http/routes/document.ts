import type { Hono } from 'hono';
import { openApi } from '../api/openapi.ts';

/** `GET /api/v1/openapi.json`, for anybody: nothing of an incident is in it. */
export function documentRoutes(app: Hono): void {
  let text: string | null = null;
  app.get('/api/v1/openapi.json', (context) => {
    text ??= JSON.stringify(openApi());
    return context.body(text, 200, { 'content-type': 'application/json', 'cache-control': 'no-cache' });
  });
}
