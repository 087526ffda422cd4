import { getText } from '../../forensics/read/attributes.ts';
import { compareNanos } from '../../forensics/read/order.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';

const HANDS_OVER = /(?:^|[^a-z])(?:sub)?agents?(?:$|[^a-z])|delegat|hand[-_ ]?(?:off|over)|spawn/i;
const MOST_SAID = 5;

/** In `camelCase` and `snake_case` names the words stand apart. */
const wordsOf = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2');

/**
 * For a store that keeps no links: tool calls that by their name or the names of their arguments hand work to another
 * agent, while no span shows that agent at work. A sentence, or none.
 */
export const unseenHandOvers = (store: string, spans: readonly RawSpan[]): string[] => {
  const unseen = spans.filter((span) => {
    const name = getText(span.attributes, 'toolName');
    if (name === null) return false;
    const args = getText(span.attributes, 'toolArgs') ?? '';
    const names = [...args.slice(0, 2_000).matchAll(/"([A-Za-z_]{1,40})"\s*:/g)].map(([, key]) => key ?? '');
    if (!HANDS_OVER.test([name, ...names].map(wordsOf).join(' '))) return false;
    return !spans.some(
      (other) =>
        other !== span &&
        (other.traceId !== span.traceId || other.parentSpanId === span.spanId) &&
        compareNanos(other.startNano, span.startNano) >= 0 &&
        (span.endNano === null || compareNanos(other.startNano, span.endNano) <= 0),
    );
  });
  if (unseen.length === 0) return [];
  const list = [...new Set(unseen.map((span) => getText(span.attributes, 'toolName') ?? ''))];
  return [
    `${unseen.length} tool calls may have handed work to a subagent that ${store} cannot join to the session (${list.slice(0, MOST_SAID).join(', ')})`,
  ];
};
