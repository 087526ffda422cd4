import { z } from 'zod';
import { FIELD } from '../elements.ts';

const Option = z.looseObject({ value: z.string() });

/** What Slack reports of a modal's fields: block id → element id → what was entered. */
export const Values = z.record(
  z.string(),
  z.record(
    z.string(),
    z.looseObject({
      value: z.string().nullish(),
      selected_option: Option.nullish(),
      selected_options: z.array(Option).nullish(),
      selected_user: z.string().nullish(),
    }),
  ),
);
export type Values = z.infer<typeof Values>;

const entered = (values: Values, blockId: string) => values[blockId]?.[FIELD];

/** Trimmed text of a field, null when nothing was entered. */
export const textIn = (values: Values, blockId: string): string | null =>
  entered(values, blockId)?.value?.trim() || null;

export const choiceIn = (values: Values, blockId: string): string | null =>
  entered(values, blockId)?.selected_option?.value ?? null;

export const ticksIn = (values: Values, blockId: string): string[] =>
  entered(values, blockId)?.selected_options?.map((option) => option.value) ?? [];

export const userIn = (values: Values, blockId: string): string | null =>
  entered(values, blockId)?.selected_user ?? null;

/** A whole number of a field, null when it is empty or none. */
export function wholeIn(values: Values, blockId: string): number | null {
  const text = textIn(values, blockId);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
