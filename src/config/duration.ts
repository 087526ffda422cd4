import { z } from 'zod';
import { write } from './write.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const FORM = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/;

/** Milliseconds of a text such as `500ms`, `20s`, `10m`, `48h`, `30d`; null for anything else. */
export function durationMs(text: string): number | null {
  const [, amount, unit = ''] = FORM.exec(text.trim()) ?? [];
  const factor = UNIT_MS[unit];
  return amount === undefined || factor === undefined ? null : Math.round(Number(amount) * factor);
}

/** A duration as people write it, in ms once parsed. A bare number is refused: nobody knows its unit. */
export const Duration = z
  .string({ error: write('a duration with its unit, such as 20s, 10m or 48h') })
  .transform((text, context) => {
    const ms = durationMs(text);
    if (ms !== null && ms > 0) return ms;
    context.addIssue({ code: 'custom', message: write('a duration with its unit, such as 20s, 10m or 48h') });
    return z.NEVER;
  });
