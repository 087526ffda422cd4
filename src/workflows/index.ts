export { archivist } from './archivist.ts';
export { incident } from './incident.ts';
export { reversals } from './reversals.ts';
