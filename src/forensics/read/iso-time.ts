const FORM =
  /^(?<seconds>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(?<fraction>\d{1,9})\d*)?(?<zone>Z|[+-]\d\d:?\d\d)?$/;

/** An ISO 8601 time with up to nine digits of a second → nanoseconds since the epoch; null for what is no time. */
export const nanosOfIso = (value: unknown): string | null => {
  const groups = typeof value === 'string' ? FORM.exec(value)?.groups : undefined;
  if (!groups) return null;
  const zone = (groups['zone'] ?? 'Z').replace(/^(...)(\d\d)$/, '$1:$2');
  const ms = Date.parse(`${(groups['seconds'] ?? '').replace(' ', 'T')}${zone}`);
  if (!Number.isFinite(ms) || ms < 0) return null;
  const nanos = BigInt(ms) * 1_000_000n + BigInt((groups['fraction'] ?? '').padEnd(9, '0'));
  return nanos.toString();
};
