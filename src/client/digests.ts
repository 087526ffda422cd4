import { createHash } from 'node:crypto';

/**
 * The path of the first words whose `sha256` is not that of their `text`; null when all are right. The audit log refuses
 * such words, so that an incident that had accepted them could record nothing any more.
 */
export function wrongDigest(value: unknown, path: readonly string[] = []): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if ('text' in value && 'sha256' in value && typeof value.text === 'string') {
    const sha256 = createHash('sha256').update(value.text).digest('hex');
    return value.sha256 === sha256 ? null : path.join('.');
  }
  for (const [key, inner] of Object.entries(value)) {
    const wrong = wrongDigest(inner, [...path, key]);
    if (wrong !== null) return wrong;
  }
  return null;
}
