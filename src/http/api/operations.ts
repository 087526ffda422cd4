import { z } from 'zod';
import { IncidentQuery, MeasuresQuery, OverviewQuery, SearchQuery } from '../../web/reading.ts';
import { AgentsView } from '../../web/views/agents.ts';
import { IncidentView } from '../../web/views/incident.ts';
import { MeasuresView } from '../../web/views/measures.ts';
import { OverviewView } from '../../web/views/overview.ts';
import { SessionQuery, SessionsView, SessionView } from '../../web/views/sessions.ts';
import { SearchView } from '../../web/views/search.ts';
import { type PersonCommand, PersonCommandBody } from './person-command.ts';
import {
  AckRequest,
  AlertAnswer,
  AuditAnswer,
  CommandAnswer,
  GenericAlert,
  IncidentRecord,
  Ready,
  SimilarAnswer,
  SimilarQuery,
  SwitchVerdict,
  TraceCheckAnswer,
  ValidationAnswer,
  ValidationBody,
} from './schemas.ts';

/** One path of the API: what it takes, what it answers, and who may ask. */
export interface Operation {
  method: 'get' | 'post';
  path: `/${string}`;
  summary: string;
  who: 'person' | 'auditor' | 'key' | 'anybody';
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Name of the answer's schema. */
  answerName: string;
  answer: z.ZodType;
  /** Statuses of success. */
  success: readonly number[];
  /** Statuses that are answered with a problem. */
  problems: readonly number[];
  /** Answered with an `ETag`. */
  tagged?: boolean;
}

const operation = <const O extends Operation>(given: O): O => given;

const ById = z.object({ id: z.string().min(1).max(200) });
const ByAgent = z.object({ agent: z.string().min(1).max(200) });
const OK = [200] as const;
const Body: z.ZodType<PersonCommand> = PersonCommandBody as never;

/** Every documented path. The document, the typed client and the tests are made from this table. */
export const operations = {
  postAlert: operation({
    method: 'post',
    path: '/api/v1/alerts',
    summary: 'One alert; answered once it is durable',
    who: 'key',
    body: GenericAlert,
    answerName: 'AlertAnswer',
    answer: AlertAnswer,
    success: [202],
    problems: [400, 401, 403, 408, 413, 415, 422, 503],
  }),
  overview: operation({
    method: 'get',
    path: '/api/v1/overview',
    summary: 'What is open, who has it, what it waits for and what will be late',
    who: 'person',
    query: OverviewQuery,
    answerName: 'Overview',
    answer: OverviewView,
    success: OK,
    problems: [400, 401, 403],
    tagged: true,
  }),
  listIncidents: operation({
    method: 'get',
    path: '/api/v1/incidents',
    summary: 'Incidents by filter and words, newest first; `next` goes into `before`',
    who: 'person',
    query: SearchQuery,
    answerName: 'Incidents',
    answer: SearchView,
    success: OK,
    problems: [400, 401, 403],
    tagged: true,
  }),
  getIncident: operation({
    method: 'get',
    path: '/api/v1/incidents/{id}',
    summary: 'One incident with its checklist and its state',
    who: 'person',
    params: ById,
    answerName: 'IncidentRecord',
    answer: IncidentRecord,
    success: OK,
    problems: [401, 403, 404],
    tagged: true,
  }),
  viewIncident: operation({
    method: 'get',
    path: '/api/v1/incidents/{id}/view',
    summary: 'What the page of an incident shows',
    who: 'person',
    params: ById,
    query: IncidentQuery,
    answerName: 'IncidentView',
    answer: IncidentView,
    success: OK,
    problems: [400, 401, 403, 404],
    tagged: true,
  }),
  getAudit: operation({
    method: 'get',
    path: '/api/v1/incidents/{id}/audit',
    summary: 'The chained records of an incident, as `holdpoint audit verify` reads them',
    who: 'auditor',
    params: ById,
    answerName: 'Audit',
    answer: AuditAnswer,
    success: OK,
    problems: [401, 403, 404],
    tagged: true,
  }),
  giveCommand: operation({
    method: 'post',
    path: '/api/v1/incidents/{id}/commands',
    summary: 'Decide something, by the same rules as in Slack',
    who: 'person',
    params: ById,
    body: Body,
    answerName: 'CommandAnswer',
    answer: CommandAnswer,
    success: [200, 202],
    problems: [400, 401, 403, 404, 408, 409, 413, 415, 422, 503],
  }),
  listSessions: operation({
    method: 'get',
    path: '/api/v1/sessions',
    summary: 'Sessions by agent, outcome, flag, pattern and time, with their rates; newest first',
    who: 'person',
    query: SessionQuery,
    answerName: 'Sessions',
    answer: SessionsView,
    success: OK,
    problems: [400, 401, 403],
  }),
  getSession: operation({
    method: 'get',
    path: '/api/v1/sessions/{agent}/{session}',
    summary: 'One session as the live detector knows it',
    who: 'person',
    params: ByAgent.extend({ session: z.string().min(1).max(200) }),
    answerName: 'Session',
    answer: SessionView,
    success: OK,
    problems: [401, 403, 404],
  }),
  validateSessions: operation({
    method: 'post',
    path: '/api/v1/sessions/validate',
    summary:
      'Say that sessions were good; the baseline of their agent is learned from all such sessions anew',
    who: 'person',
    body: ValidationBody,
    answerName: 'Validation',
    answer: ValidationAnswer,
    success: OK,
    problems: [400, 401, 403, 408, 409, 413, 415, 422],
  }),
  similarSessions: operation({
    method: 'get',
    path: '/api/v1/incidents/{id}/similar',
    summary: 'Other sessions of the agent that show a failure pattern of the incident',
    who: 'person',
    params: ById,
    query: SimilarQuery,
    answerName: 'SimilarSessions',
    answer: SimilarAnswer,
    success: OK,
    problems: [400, 401, 403, 404],
  }),
  checkTraces: operation({
    method: 'get',
    path: '/api/v1/agents/{agent}/trace-check',
    summary: 'Counts and missing fields of the newest session that an agent sent; nothing of its content',
    who: 'key',
    params: ByAgent,
    answerName: 'TraceCheck',
    answer: TraceCheckAnswer,
    success: OK,
    problems: [401, 403],
  }),
  listAgents: operation({
    method: 'get',
    path: '/api/v1/agents',
    summary: 'Each agent: incidents, outcomes, flags, baseline, hold',
    who: 'person',
    answerName: 'Agents',
    answer: AgentsView,
    success: OK,
    problems: [401, 403],
    tagged: true,
  }),
  measures: operation({
    method: 'get',
    path: '/api/v1/measures',
    summary: 'Times to contain, classify, sign off and distribute; what is late; modes over time',
    who: 'person',
    query: MeasuresQuery,
    answerName: 'Measures',
    answer: MeasuresView,
    success: OK,
    problems: [400, 401, 403],
    tagged: true,
  }),
  askSwitch: operation({
    method: 'get',
    path: '/api/v1/agents/{agent}/switch',
    summary: 'The stop switch: go, hold or stop',
    who: 'key',
    params: ByAgent,
    query: z.object({ session: z.string().min(1).max(200).optional() }),
    answerName: 'SwitchVerdict',
    answer: SwitchVerdict,
    success: OK,
    problems: [400, 401, 403],
  }),
  ackSwitch: operation({
    method: 'post',
    path: '/api/v1/agents/{agent}/switch/ack',
    summary: 'What the agent did about it: only this confirms a containment',
    who: 'key',
    params: ByAgent,
    body: AckRequest,
    answerName: 'SwitchAck',
    answer: z.object({ ok: z.literal(true) }),
    success: OK,
    problems: [400, 401, 403, 408, 413, 415],
  }),
  ready: operation({
    method: 'get',
    path: '/readyz',
    summary: 'Whether what the server needs answers',
    who: 'anybody',
    answerName: 'Ready',
    answer: Ready,
    success: [200, 503],
    problems: [],
  }),
} as const;
export type Operations = typeof operations;
