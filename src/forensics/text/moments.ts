import { hasDigit, matchesOf } from './matches.ts';

/** Days and times, as people and tools write them. */
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const CLOCK = /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;
const DAY_MS = 86_400_000;

/** What a value that is a date, a time or both says. */
export interface Moment {
  /** `MM-DD` */
  day: string | null;
  /** `HH:MM` */
  time: string | null;
  /** It names its zone, so that its hour may be another one than that which was said. */
  isZoned: boolean;
}
export const momentOf = (value: unknown): Moment | null => {
  if (typeof value !== 'string' || value.length > 35) return null;
  const iso = ISO.exec(value);
  if (iso) return { day: iso[1]?.slice(5) ?? null, time: iso[2] ?? null, isZoned: iso[3] !== undefined };
  return CLOCK.test(value)
    ? { day: null, time: (/^\d:/.test(value) ? `0${value}` : value).slice(0, 5), isZoned: false }
    : null;
};

/** The names of the months: English, German, Spanish, French, Italian, Portuguese, Dutch. */
const MONTHS = [
  'jan(?:uary|uar|uari|vier|eiro)?|ene(?:ro)?|gennaio',
  'feb(?:ruary|ruar|rero|braio|ruari)?|févr(?:ier)?|fevereiro',
  'mar(?:ch|zo|s|ço)?|märz|mrz|maart',
  'apr(?:il|ile)?|abr(?:il)?|avr(?:il)?',
  'may(?:o)?|mai(?:o)?|maggio|mei',
  'jun(?:e|i|io|ho)?|juin|giugno',
  'jul(?:y|i|io|ho)?|juil(?:let)?|luglio',
  'aug(?:ust|ustus)?|ago(?:sto)?|août',
  'sept?(?:ember|iembre|embre)?|settembre|setembro',
  'oct(?:ober|ubre|obre)?|okt(?:ober)?|ottobre|outubro',
  'nov(?:ember|iembre|embre|embro)?',
  'dec(?:ember|embre)?|dez(?:ember|embro)?|dic(?:iembre|embre)?|décembre',
];
const EACH_MONTH = MONTHS.map((names) => new RegExp(`^(?:${names})$`, 'i'));
const MONTH = `(${MONTHS.join('|')})`;
const ISO_DAY = /\b\d{4}-(\d\d)-(\d\d)\b/g;
const MONTH_FIRST = new RegExp(`(?<!\\p{L})${MONTH}\\.? (\\d{1,2})(?:st|nd|rd|th)?(?![\\p{L}\\p{N}])`, 'giu');
/** What the name of a month and a day behind it have between them. */
const NUMBER_NEXT = / (?=\d)/;
const DAY_FIRST = new RegExp(
  `(?<![\\p{N}.,])(\\d{1,2})(?:st|nd|rd|th|er|º)?\\.? (?:of |de )?${MONTH}(?!\\p{L})`,
  'giu',
);
/** Written with numbers alone: `5/14`, `14/05/2025`, `14.05.`, `14.5.2025`. */
const NUMBERS =
  /(?<![\p{N}./-])(\d{1,2})(?:\/(\d{1,2})(?:\/(?:\d{4}|\d\d))?|\.(\d{1,2})\.(?:\d{4}|\d\d)?)(?![\p{N}/-])/gu;
const two = (n: string): string => n.padStart(2, '0');
const monthOf = (name: string): string => two(String(EACH_MONTH.findIndex((form) => form.test(name)) + 1));
const isDay = (month: string, day: string): boolean =>
  Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;

/** Days of the year that a text names, as `MM-DD`; of one written with numbers alone, each way round that it may be read. */
export const daysNamedIn = (text: string): string[] => {
  if (!hasDigit(text)) return [];
  const slashed = matchesOf(NUMBERS, text).flatMap((m) => {
    const [a, b] = [two(m[1] ?? ''), two(m[2] ?? m[3] ?? '')];
    return [...(isDay(a, b) ? [`${a}-${b}`] : []), ...(isDay(b, a) ? [`${b}-${a}`] : [])];
  });
  return [
    ...matchesOf(ISO_DAY, text).map((m) => `${m[1]}-${m[2]}`),
    ...(NUMBER_NEXT.test(text) ? matchesOf(MONTH_FIRST, text) : []).map(
      (m) => `${monthOf(m[1] ?? '')}-${two(m[2] ?? '')}`,
    ),
    ...matchesOf(DAY_FIRST, text).map((m) => `${monthOf(m[2] ?? '')}-${two(m[1] ?? '')}`),
    ...slashed,
  ];
};

const TIMES =
  /(?<![\p{L}\p{N}.,:-])(\d{1,2})(?:(?::|h(?=\d))([0-5]\d)(?::[0-5]\d)?(?: ?([ap])\.?m\b)?| ?([ap])\.?m\b)(?![\p{N}:])/giu;
/** Times of day that a text names, as `HH:MM`: `14:30`, `2:30 pm`, `2 pm`, `14h30`. */
export const timesNamedIn = (text: string): string[] =>
  (hasDigit(text) ? matchesOf(TIMES, text) : []).map((m) => {
    const half = (m[3] ?? m[4])?.toLowerCase();
    const hour = half === undefined ? Number(m[1]) : (Number(m[1]) % 12) + (half === 'p' ? 12 : 0);
    return `${two(String(hour))}:${m[2] ?? '00'}`;
  });

/** The days from one day of a year to another, the shorter way around the year. */
export const daysBetween = (a: string, b: string): number => {
  const days = Math.round(Math.abs(Date.parse(`2024-${a}`) - Date.parse(`2024-${b}`)) / DAY_MS);
  return Math.min(days, 366 - days);
};
