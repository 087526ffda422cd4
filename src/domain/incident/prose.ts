import { z } from 'zod';

/**
 * Words that a person wrote. The audit chain holds `sha256` alone; the text stands beside it in a table of its own,
 * so that personal data can be erased without breaking the chain.
 */
export const prose = (maxLength: number) =>
  z.strictObject({
    text: z.string().trim().min(1).max(maxLength),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'sha256 must be 64 lower-case hex digits'),
  });
export const Prose = prose(3_000);
export type Prose = z.infer<typeof Prose>;
