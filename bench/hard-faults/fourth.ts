/** The fourth part: other domains, forms and tongues. Run once before any rule was changed for it. */
import { FOURTH_CHOICES, FOURTH_CHOICE_TOOLS } from './fourth-choices.ts';
import { FOURTH_CONDUCT, FOURTH_CONDUCT_TOOLS } from './fourth-conduct.ts';
import { FOURTH_LOOK_ALIKES, FOURTH_LOOK_ALIKE_TOOLS } from './fourth-look-alikes.ts';
import { FOURTH_SCHEMA, FOURTH_SCHEMA_TOOLS } from './fourth-schema.ts';

export const FOURTH = [...FOURTH_SCHEMA, ...FOURTH_CHOICES, ...FOURTH_CONDUCT, ...FOURTH_LOOK_ALIKES];
/** Tools that only these kinds use. */
export const FOURTH_TOOLS = {
  ...FOURTH_SCHEMA_TOOLS,
  ...FOURTH_CHOICE_TOOLS,
  ...FOURTH_CONDUCT_TOOLS,
  ...FOURTH_LOOK_ALIKE_TOOLS,
};
