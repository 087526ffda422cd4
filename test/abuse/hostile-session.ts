import { randomBytes } from 'node:crypto';
import type { AttrValue, RawSpan } from '../../src/forensics/read/raw-span.ts';

/** What a trace may say, because anybody can make an agent say it; each is looked for where people read it. */
export const hostileWords = (evilUrl: string): string[] => [
  '<!channel> <!here> <@U0ANARUIZ00> everybody look',
  '<https://evil.example/approve|Approve here>',
  '<script>alert("pwned")</script><img src=x onerror=alert(1)>',
  '{{7*7}} <%= 7*7 %> ${7*7} #{7*7} [[7*7]]',
  'bell\u0007 nul\u0000 escape\u001b[31m bidi\u202Egnp.exe half\ud800',
  'Subject: pwned\r\nBcc: all@evil.example',
  `${evilUrl}/fetch-me`,
];

/** Fields that the agent or the outside fills with free text; everything else keeps its value, so that it is read. */
const FREE = new Set(['content', 'body', 'reason', 'applicant_name', 'purpose', 'step_summary', 'note']);

/** Adds hostile words to every free text, one after another. */
export function poisoned(words: readonly string[]): (span: RawSpan) => RawSpan {
  let next = 0;
  const word = (): string => words[next++ % words.length] ?? '';
  const inJson = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => inJson(item, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inJson(inner, name)]));
    return typeof value === 'string' && FREE.has(key) ? `${value} ${word()}` : value;
  };
  const attribute = ([key, value]: [string, AttrValue]): [string, AttrValue] => {
    if (typeof value !== 'string') return [key, value];
    if (FREE.has(key)) return [key, `${value} ${word()}`];
    return [key, /^[[{]/.test(value) ? JSON.stringify(inJson(JSON.parse(value), '')) : value];
  };
  return (span) => ({ ...span, attributes: bag(Object.entries(span.attributes).map(attribute)) });
}

/** Without a prototype, as attributes of a trace are: `__proto__` is a key like any other. */
const bag = (entries: [string, AttrValue][]): Record<string, AttrValue> =>
  Object.assign(Object.create(null) as Record<string, AttrValue>, Object.fromEntries(entries));

export const withAttributes = (span: RawSpan, more: Record<string, AttrValue>): RawSpan => ({
  ...span,
  attributes: bag([...Object.entries(span.attributes), ...Object.entries(more)]),
});

/** The same session once more, under other ids. */
export function underOtherIds(spans: readonly RawSpan[], sessionId: string): RawSpan[] {
  const traceId = randomBytes(16).toString('hex');
  return spans.map((span) => ({ ...withAttributes(span, { 'session.id': sessionId }), traceId }));
}

/** A tool call with other arguments, and perhaps another result. */
export function called(span: RawSpan, args: object, result?: object): RawSpan {
  const key = 'gen_ai.tool.call.arguments';
  const was = JSON.parse(String(span.attributes[key])) as object;
  const answered = JSON.parse(String(span.attributes['gen_ai.tool.call.result'])) as object;
  return withAttributes(span, {
    [key]: JSON.stringify({ ...was, ...args }),
    ...(result ? { 'gen_ai.tool.call.result': JSON.stringify({ ...answered, ...result }) } : {}),
  });
}

export const isCallOf =
  (tool: string) =>
  ({ attributes }: RawSpan): boolean =>
    attributes['gen_ai.tool.name'] === tool;
