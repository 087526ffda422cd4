/** `npm run openapi`: writes docs/openapi.json, which a test compares with what the server serves. */
import { writeFileSync } from 'node:fs';
import { openApi } from '../src/http/api/openapi.ts';

writeFileSync(new URL('../docs/openapi.json', import.meta.url), `${JSON.stringify(openApi(), null, 2)}\n`);
