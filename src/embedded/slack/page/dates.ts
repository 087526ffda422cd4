/** The parts of a `<!date^…>` format (docs.slack.dev/messaging/formatting-message-text), in a reader's time zone. */
export function formatSlackDate(seconds: number, format: string, timeZone: string, nowMs: number): string {
  const at = new Date(seconds * 1_000);
  const write = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).format(at);
  const numeric = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone }).format(at);
  const relative = dayWord(at, timeZone, nowMs);
  const short = write({ day: 'numeric', month: 'short', year: 'numeric' });
  const plain = write({ day: 'numeric', month: 'long', year: 'numeric' });
  const long = `${write({ weekday: 'long' })} ${plain}`;
  const parts: Record<string, string> = {
    date_num: numeric,
    date_slash: numeric.replaceAll('-', '/'),
    date: plain,
    date_short: short,
    date_long: long,
    date_pretty: relative ?? plain,
    date_short_pretty: relative ?? short,
    date_long_pretty: relative ?? long,
    time: write({ hour: '2-digit', minute: '2-digit' }),
    time_secs: write({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    ago: ago(nowMs - at.getTime()),
  };
  return format.replaceAll(/\{([a-z_]+)\}/g, (written, name: string) => parts[name] ?? written);
}

/** `2026-08-01` of a moment in a time zone: two moments of one day have the same. */
export function dayOf(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone }).format(at);
}

function dayWord(at: Date, timeZone: string, nowMs: number): string | null {
  const day = dayOf(at, timeZone);
  if (day === dayOf(new Date(nowMs), timeZone)) return 'today';
  if (day === dayOf(new Date(nowMs - 86_400_000), timeZone)) return 'yesterday';
  return day === dayOf(new Date(nowMs + 86_400_000), timeZone) ? 'tomorrow' : null;
}

function ago(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const units: [number, string][] = [
    [1_440, 'day'],
    [60, 'hour'],
    [1, 'minute'],
  ];
  const [size, unit] = units.find(([one]) => minutes >= one) ?? [1, 'minute'];
  const many = Math.round(minutes / size);
  const words = `${many} ${unit}${many === 1 ? '' : 's'}`;
  return ms >= 0 ? `${words} ago` : `in ${words}`;
}
