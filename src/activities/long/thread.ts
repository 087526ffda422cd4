/** What runs in a thread of its own; `pool.ts` starts it. Each task by its name. */
import { neutralSteps, unpacked } from '../preserve/neutral.ts';
import { createRedactor } from '../preserve/redact.ts';
import { sessionOf } from '../preserve/sealed.ts';
import { jobs } from './jobs.ts';
import type { Tasks } from './pool.ts';

export const onSession: Tasks['onSession'] = async ({ name, sealed, order }) =>
  jobs[name](await sessionOf(sealed), order);

export const stepsOf: Tasks['stepsOf'] = async ({ packs, order }) => neutralSteps(unpacked(packs), order);

export const redactedPage: Tasks['redactedPage'] = async ({ page, maskedFields }) =>
  createRedactor(maskedFields).page(page);
