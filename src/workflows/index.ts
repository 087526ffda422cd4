export { archivist } from './archivist.ts';
export { incident } from './incident.ts';
export { retention } from './retention.ts';
export { reversals } from './reversals.ts';
