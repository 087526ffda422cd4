import { z } from 'zod';
import { outcomeLabels } from './outcome-labels.ts';

export const SessionOutcome = z.enum(outcomeLabels);
export type SessionOutcome = z.infer<typeof SessionOutcome>;
