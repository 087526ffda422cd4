import { rememberedNames } from './paths.ts';

const DATE_OR_TIME =
  /^(?:\d{4}-\d{1,2}(?:-\d{1,2})?(?:T.*)?|\d{1,2}-\d{1,2}-\d{2,4}|\d{1,2}:\d{2}.*|20\d{2}|19\d{2})$/;
const GENERATED = /idempoten|nonce|correlation|trace|request_?id|uuid|checksum|hash|token|signature/i;
const ID_KEY =
  /(?:^|[_\-.]|[a-z](?=I))(?:id|ids|ref|reference|key|number|num|no|code|account|sku|Id|Ids)(?:\[\])?$/;

/** Whether a key's name says that its value names an entity: `order_id`, `itemIds[]`, `account_number`, `ref`. */
export const isIdKey = rememberedNames((path) => ID_KEY.test(path) && !GENERATED.test(path));
export const isGeneratedKey = rememberedNames((path) => GENERATED.test(path));

const isDigit = (c: number): boolean => c >= 48 && c <= 57;
/** A single token with a digit: letters and digits joined by single `-` or `_`, perhaps a `#` in front. */
const isToken = (value: string): boolean => {
  let hasDigit = false;
  let isJoint = true;
  for (let i = value.charCodeAt(0) === 35 ? 1 : 0; i < value.length; i += 1) {
    const c = value.charCodeAt(i);
    const digit = isDigit(c);
    if (digit || (c >= 97 && c <= 122) || (c >= 65 && c <= 90)) isJoint = false;
    else if (isJoint || (c !== 45 && c !== 95)) return false;
    else isJoint = true;
    hasDigit ||= digit;
  }
  return hasDigit && !isJoint;
};
/** A single token with a digit that is no date, time or short number: what an entity id can look like. */
export const isIdLike = (value: string): boolean =>
  value.length >= 4 &&
  value.length <= 64 &&
  isToken(value) &&
  // Those begin with a digit.
  (!isDigit(value.charCodeAt(0)) || !isMeasure(value));
const isMeasure = (value: string): boolean =>
  DATE_OR_TIME.test(value) ||
  /^\d{1,5}$/.test(value) ||
  /^\d{1,4}(?:[-_]?(?:st|nd|rd|th|gb|mb|tb|kg|g|mg|ml|l|cm|mm|m|in|inch|inches|ft|w|v|hz|k|x|px|p|days?|hours?|hrs?|min|mins|minutes?|months?|weeks?|years?|pieces?|piece|pack|way|watts?|lbs?|oz))+$/i.test(
    value,
  );

/** A code of capitals and digits, as booking references are; without a digit only its place can tell that it is an id. */
export const CODE = /^[A-Z0-9]{4,12}$/;
const MAX_CODE = 12;
/** Whether the value at a path names an entity: by its own look, or a code where the key says that ids stand. */
export const isEntityAt = (path: string, value: string): boolean =>
  isIdLike(value) || (value.length <= MAX_CODE && isIdKey(path) && CODE.test(value) && !/^\d+$/.test(value));

/**
 * The form of an id: letters and digits by kind and length, separators as they are. `#W1234567` → `#A1.97`,
 * `sara_doe_496` → `a_a_93`, `4WQ150` → `X6`. Names (letter-only parts) keep no length.
 */
export const maskOf = (id: string): string => {
  const hash = id.startsWith('#') ? '#' : '';
  const parts = id.slice(hash.length).split(/([-_])/);
  return (
    hash +
    parts
      .map((part) => {
        if (part === '-' || part === '_') return part;
        if (/^\d+$/.test(part)) return `9${part.length}`;
        if (/^[A-Za-z]+$/.test(part)) return parts.length === 1 ? `A${part.length}` : 'a';
        const led = /^([A-Za-z]+)(\d+)$/.exec(part);
        return led ? `A${led[1]?.length}.9${led[2]?.length}` : `X${part.length}`;
      })
      .join('')
  );
};

/** One field's masks, made one where the field holds codes that mix letters and digits at will (`X6`). */
export const unifyMasks = (masks: Iterable<string>): string[] => {
  const all = [...new Set(masks)];
  const lengths = new Set(all.map(plainLength));
  const [length] = lengths;
  return all.length > 2 && lengths.size === 1 && length !== undefined && length > 0 ? [`X${length}`] : all;
};
/** The length of an id without separators, by its mask; 0 for others. */
const plainLength = (mask: string): number => {
  const match = /^(?:X(\d+)|A(\d+)(?:\.9(\d+))?|9(\d+))$/.exec(mask);
  return match ? [match[1], match[2], match[3], match[4]].reduce((sum, n) => sum + Number(n ?? 0), 0) : 0;
};

/** Whether a word found in running text has one of the learned forms. Plain numbers must be long to be ids. */
export const hasForm = (token: string, forms: ReadonlySet<string>): boolean => {
  if (!isIdLike(token) || /^\d{1,7}$/.test(token)) return false;
  const mask = maskOf(token);
  return (
    forms.has(mask) ||
    (plainLength(mask) > 0 &&
      /[A-Z]/.test(token) &&
      !/[a-z]/.test(token) &&
      forms.has(`X${plainLength(mask)}`))
  );
};

/** Ids that stand for no entity: `#W0000000`, `1234567`, `XXXX-12`, `order_id_1`, `your_id_123`. */
export const isPlaceholder = (id: string): boolean => {
  const digits = id.replace(/\D/g, '');
  const consecutive =
    digits.length >= 4 &&
    ('01234567890123456789'.includes(digits) || '98765432109876543210'.includes(digits));
  return (
    (digits.length >= 4 && /^(\d)\1+$/.test(digits)) ||
    consecutive ||
    /x{3,}|example|placeholder|sample|dummy|your[_-]|(?:^|[_-])id[_-]/i.test(id)
  );
};
