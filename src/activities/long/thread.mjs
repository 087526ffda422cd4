/** Where the thread begins: in a checkout it must learn to read TypeScript first, which it does not inherit. */
import { existsSync } from 'node:fs';

const source = new URL('./thread.ts', import.meta.url);
const isSource = existsSync(source);
if (isSource) (await import('tsx/esm/api')).register();
export const { onSession, stepsOf, redactedPage } = await import(isSource ? source.href : './thread.js');
