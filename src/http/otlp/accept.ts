import { getText } from '../../forensics/read/attributes.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';

export interface Sorted {
  /** What is stored, by the agent that it is stored for. */
  accepted: Map<string, RawSpan[]>;
  rejected: number;
  /** The first reasons, in sentences. */
  reasons: string[];
}

const MAX_REASONS = 3;
/** As an incident names sessions. */
const MAX_ID_LENGTH = 200;

const isId = (text: string, bytes: number): boolean =>
  text.length === bytes * 2 && /^[0-9a-f]+$/.test(text) && !/^0+$/.test(text);

const agentNamed = (span: RawSpan): string | null => {
  const service = span.resource['service.name'];
  return getText(span.resource, 'agent') ?? (typeof service === 'string' ? service : null);
};

/**
 * Which spans a key may write, and for which agent. A key for one agent writes for that one, whatever name its
 * subagents carry, unless the process says that it is another agent that we know.
 */
export const sortSpans = (
  spans: readonly RawSpan[],
  may: { agents: readonly string[]; known: ReadonlySet<string> },
): Sorted => {
  const out: Sorted = { accepted: new Map(), rejected: 0, reasons: [] };
  for (const span of spans) {
    const placed = placeOf(span, may);
    if ('reason' in placed) {
      out.rejected += 1;
      if (out.reasons.length < MAX_REASONS && !out.reasons.includes(placed.reason))
        out.reasons.push(placed.reason);
    } else {
      const list = out.accepted.get(placed.agent) ?? [];
      out.accepted.set(placed.agent, list);
      list.push(span);
    }
  }
  return out;
};

const placeOf = (
  span: RawSpan,
  { agents, known }: { agents: readonly string[]; known: ReadonlySet<string> },
): { agent: string } | { reason: string } => {
  if (!isId(span.traceId, 16)) return { reason: 'traceId must be 16 bytes that are not all zero' };
  if (!isId(span.spanId, 8)) return { reason: 'spanId must be 8 bytes that are not all zero' };
  if ((getText(span.attributes, 'session')?.length ?? 0) > MAX_ID_LENGTH)
    return { reason: `session.id must have at most ${MAX_ID_LENGTH} characters` };
  const named = agentNamed(span);
  if (named !== null && agents.includes(named)) return { agent: named };
  if (named !== null && known.has(named))
    return { reason: `this key may not write for agent ${named.slice(0, 100)}: use its own key` };
  const [only, ...others] = agents;
  if (only !== undefined && others.length === 0) return { agent: only };
  return { reason: `service.name must name one of the agents of this key: ${agents.join(', ')}` };
};
