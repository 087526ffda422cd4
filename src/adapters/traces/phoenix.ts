import { own } from '../../forensics/read/json.ts';
import { nanosOfIso } from '../../forensics/read/iso-time.ts';
import { spanFromPhoenix } from '../../forensics/read/phoenix-span.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';
import type { Answer, Ask, Query } from './api.ts';
import type { RawPage } from './port.ts';
import {
  createReader,
  targetOf,
  type FoundTraces,
  type ReadTraces,
  type StoreOptions,
  type TraceSource,
} from './whole-session.ts';

export interface PhoenixOptions extends StoreOptions {
  /** Null: every project is asked, since another project answers 200 and nothing. */
  project: string | null;
  pageSpans?: number | undefined;
  pageTraces?: number | undefined;
}

/** What no span out of Phoenix shows, however it was exported. Seen in Phoenix 20.26. */
export const PHOENIX_KEEPS_NOT = [
  'Phoenix keeps no span links: a subagent that only a link joins to the session cannot be found.',
  'Phoenix keeps no resource attributes (service name), span kind, scope or schema of a span.',
  'Phoenix rounds times to microseconds, so steps that began within one may stand in another order.',
  'Phoenix keeps of an exception event its type, message and stack trace only.',
];
const LIMITS = [
  ...PHOENIX_KEEPS_NOT,
  'Phoenix keeps one span of each span id in the whole store; a second one, of whatever trace, is dropped.',
  'Phoenix answers before it has stored: what it had queued when its process ended is lost without a word.',
];
const MAX_PAGES = 10_000;
const TRACES_A_REQUEST = 20;

const dataOf = ({ value }: Answer): unknown[] => {
  const data = own(value, 'data');
  return Array.isArray(data) ? data : [];
};

/** Every page of a listing. A cursor that comes again ends it: no listing goes round. */
const listAll = async (ask: Ask, path: string[], query: Query, allow: number[] = []): Promise<Answer[]> => {
  const answers: Answer[] = [];
  const seen = new Set<string>();
  for (let cursor: string | null = null; answers.length < MAX_PAGES;) {
    const answer: Answer = await ask(path, cursor === null ? query : [...query, ['cursor', cursor]], allow);
    answers.push(answer);
    const next = own(answer.value, 'next_cursor');
    if (typeof next !== 'string' || next === '' || seen.has(next)) break;
    seen.add(next);
    cursor = next;
  }
  return answers;
};

const chunksOf = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));

const spansOf = (answers: readonly Answer[], warnings: string[]): RawSpan[] =>
  answers.flatMap(dataOf).flatMap((entry) => {
    const span = spanFromPhoenix(entry);
    if (!span) warnings.push('Phoenix listed an entry that is no span; it was not read');
    return span ?? [];
  });

const createSource = (options: PhoenixOptions): TraceSource => {
  const { project, pageSpans = 250, pageTraces = 100 } = options;
  /** Which project each found trace is in. */
  const projectsOf = new Map<string, Set<string>>();
  const inOrder: Query = [
    ['limit', pageSpans],
    ['sort', 'id'],
    ['order', 'asc'],
  ];
  const projects = async (ask: Ask): Promise<string[]> => {
    if (project !== null) return [project];
    const answers = await listAll(ask, ['v1', 'projects'], []);
    return answers.flatMap(dataOf).flatMap((entry) => {
      const name = own(entry, 'name');
      return typeof name === 'string' ? [name] : [];
    });
  };

  const find = async (ask: Ask, sessionId: string): Promise<FoundTraces> => {
    const out: FoundTraces = { traces: new Map(), pages: [], warnings: [] };
    const add = (traceId: unknown, name: string, started: unknown): void => {
      if (typeof traceId !== 'string') return;
      const nanos = nanosOfIso(started);
      const startedAtMs = nanos === null ? null : Math.floor(Number(nanos) / 1e6);
      out.traces.set(traceId, out.traces.get(traceId) ?? startedAtMs);
      projectsOf.set(traceId, (projectsOf.get(traceId) ?? new Set()).add(name));
    };
    for (const name of await projects(ask)) {
      const path = ['v1', 'projects', name];
      const bySession: Query = [
        ['session_identifier', sessionId],
        ['limit', pageTraces],
      ];
      const traces = await listAll(ask, [...path, 'traces'], bySession);
      out.pages.push(...traces.map(({ page }) => page));
      for (const entry of traces.flatMap(dataOf)) add(own(entry, 'trace_id'), name, own(entry, 'start_time'));
      // A trace belongs to the first session seen in it: one that carries ours later is found by its spans only.
      // In quotes: a session id such as 12345 would be taken for a number, which no text equals.
      const byAttribute: Query = [['attribute', `session.id:${JSON.stringify(sessionId)}`], ...inOrder];
      for (const entry of (await listAll(ask, [...path, 'spans'], byAttribute, [422])).flatMap(dataOf))
        add(own(own(entry, 'context'), 'trace_id'), name, null);
    }
    return out;
  };

  const read = async (ask: Ask, traceIds: readonly string[]): Promise<ReadTraces> => {
    const pages: RawPage[] = [];
    const warnings: string[] = [];
    const spans: RawSpan[] = [];
    const names = new Set(traceIds.flatMap((id) => [...(projectsOf.get(id) ?? [])]));
    for (const name of names) {
      const ids = traceIds.filter((id) => projectsOf.get(id)?.has(name));
      for (const some of chunksOf(ids, TRACES_A_REQUEST)) {
        const query: Query = [...some.map((id) => ['trace_id', id] as const), ...inOrder];
        const answers = await listAll(ask, ['v1', 'projects', name, 'spans'], query);
        pages.push(...answers.map(({ page }) => page));
        spans.push(...spansOf(answers, warnings));
      }
    }
    return { spans, pages, warnings, losses: [] };
  };

  return {
    target: targetOf('Phoenix', options),
    limits: LIMITS,
    traceId: /^[0-9a-f]{1,32}$/i,
    showsSession: true,
    find,
    read,
    probe: async (ask) => {
      const answers = await listAll(ask, ['v1', 'projects'], []);
      const names = answers.flatMap(dataOf).map((entry) => own(entry, 'name'));
      if (project !== null && !names.includes(project))
        throw new Error(`Phoenix has no project ${project}; it has ${names.slice(0, 10).join(', ')}`);
      return `Phoenix answers, ${names.length} projects`;
    },
  };
};

/** Sessions out of Arize Phoenix, by its REST API. */
export const createPhoenixTraces = createReader('phoenix', createSource, {
  quietMs: 3_000,
  settleWithinMs: 60_000,
});
