import { join } from 'node:path';
import { createBaseline } from '../../src/activities/baseline.ts';
import { loadSealedSession, verifySeal } from '../../src/activities/preserve.ts';
import { createFilesystemEvidence } from '../../src/adapters/evidence/filesystem.ts';
import { toOtlpJson } from '../../src/adapters/traces/otlp-text.ts';
import type { IncidentState } from '../../src/domain/incident/state.ts';
import { AGENT, loanAgent } from '../../src/embedded/sample/config.ts';
import {
  completedSessions,
  renameIncomeField,
  startLoanAgent,
  untilEnded,
} from '../../src/embedded/sample/loans.ts';
import { Player } from '../../src/embedded/sample/player.ts';
import { CHANNELS, PEOPLE } from '../../src/embedded/slack/sample-workspace.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import { signerFromFile } from '../../src/sign/keys.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { reversalsIn } from '../end-to-end/records.ts';
import { startSystem, type System } from '../end-to-end/system.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import { type Peer, startPeer } from '../support/peer.ts';
import type { Running } from '../support/processes.ts';
import {
  called,
  hostileWords,
  isCallOf,
  poisoned,
  underOtherIds,
  withAttributes,
} from './hostile-session.ts';

const OTHER_AGENT = 'refund-agent';
const OTHER_SESSION = 'refund-1';
const SESSION = 's-<!channel>-<b>bold</b>-{{7*7}}-../../etc';
const TITLE = '<!channel> {{7*7}} <b>bold</b> <https://evil.example|Approve>';

const home = newFolder();
let system: System;
let store: Store;
let running: Running[];
let evil: Peer;
let words: string[];
const visits: string[] = [];

beforeAll(async () => {
  evil = await startPeer((request, response) => {
    visits.push(request.url ?? '');
    response.end('{}');
  });
  words = hostileWords(evil.url);
  system = await startSystem(home, {
    agents: (urls) => ({ [OTHER_AGENT]: loanAgent(urls.applications) }),
  });
  store = await createStore({ url: system.databaseUrl });
  running = await Promise.all([system.start('server'), system.start('worker')]);
}, 300_000);

afterAll(async () => {
  await store?.close();
  await system?.stop();
  await evil?.stop();
  removeFolder(home);
}, 60_000);

const post = (path: string, body: string): Promise<Response> =>
  fetch(`${system.endpoint}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${system.secrets.HOLDPOINT_SAMPLE_KEY}`,
    },
    body,
  });

/** Sessions of the real agent; the ids of those that it completed. */
async function agentRuns(sessions: number): Promise<string[]> {
  const before = completedSessions(system.loans.dir);
  const run = { endpoint: system.endpoint, key: system.secrets.HOLDPOINT_SAMPLE_KEY, dir: system.loans.dir };
  await untilEnded(await startLoanAgent({ ...run, sessions, paceMs: 0 }), system.loans.dir, 300_000);
  return completedSessions(system.loans.dir).slice(before.length);
}

async function spansOf(sessionId: string): Promise<RawSpan[]> {
  const { spans } = await store.spans.sessionSpans(sessionId, { after: null, limit: 10_000, agent: AGENT });
  return spans;
}

/** The failed session once more, as somebody would make it who may write what the agent says. */
function hostile(failed: readonly RawSpan[], foreign: RawSpan): RawSpan[] {
  const spans = underOtherIds(failed, SESSION).map(poisoned(words));
  const [first, second] = spans.filter(isCallOf('set_application_status'));
  if (!first || !second) throw new Error('the session decided fewer than two applications');
  return spans.map((span) => {
    if (span === first) return called(span, { application_id: `../../admin?go=${evil.url}/#` });
    if (span === second) return called(span, {}, { previous_status: { $ne: null } });
    if (span.parentSpanId !== null) return span;
    const { traceId, spanId } = foreign;
    return {
      ...withAttributes(span, { __proto__key: 'x', ['__proto__']: 'polluted', constructor: 'polluted' }),
      links: [{ traceId, spanId }],
    };
  });
}

const state = async (incidentId: string): Promise<IncidentState> => {
  const row = await store.incidents.get(incidentId);
  if (!row) throw new Error(`${incidentId} is not on record`);
  return row.state;
};

/** People decide until somebody has pressed `last`, or until the card is frozen. */
async function play(incidentId: string, last?: RegExp): Promise<void> {
  const leaving = new AbortController();
  const said: string[] = [];
  const say = (line: string): void => {
    said.push(line);
    if (last?.test(line)) leaving.abort();
  };
  const habits = [{ button: /^Ask again/, people: ['ana' as const] }];
  const player = new Player({
    standInUrl: system.slack.url,
    incidentId,
    say,
    signal: leaving.signal,
    habits,
    patienceMs: 240_000,
  });
  await player.play().catch((error: unknown) => {
    if (leaving.signal.aborted) return;
    const processes = running.map((one) => one.errors().slice(-2_000)).join('\n');
    throw new Error(`${said.join('\n')}\n${processes}`, { cause: error });
  });
}

/** The modal that a person has before them. */
function modalOf(userId: string) {
  const { stacks, views } = system.slack.state.workspace;
  return views[stacks[userId]?.at(-1) ?? ''];
}

const STATUSES = 'set_application_status';

/** What could not be reversed is denied when it is asked for again. */
async function denyTheRest(incidentId: string): Promise<void> {
  const { messages } = system.slack.state.workspace;
  const chidi = system.slack.person(PEOPLE.chidi);
  const open = () =>
    messages.findLast(({ blocks }) => {
      const shown = JSON.stringify(blocks);
      return [incidentId, STATUSES, '"Deny"'].every((word) => shown.includes(word));
    });
  const isDenied = async (): Promise<boolean> =>
    Object.values((await state(incidentId)).signOffs).some(
      ({ classId, denied }) => classId.startsWith(STATUSES) && denied.length > 0,
    );
  for (const deadline = Date.now() + 240_000; Date.now() < deadline;) {
    if (await isDenied()) return;
    const asked = open();
    // It says "Loading…" first.
    const view = modalOf(PEOPLE.chidi);
    if (view?.submit) await chidi.submitView(view.id, { reason: 'There is no such application.' });
    else if (asked && !view) await chidi.click(CHANNELS.incidents, asked.ts, { label: 'Deny' });
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the request was never denied');
}

/** Every text that Slack reads marks in, of messages and modals. */
function marked(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(marked);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  const own = type === 'mrkdwn' && typeof text === 'string' ? [text] : [];
  const links = type === 'link' || type === 'broadcast' || type === 'user' ? [JSON.stringify(value)] : [];
  return [...own, ...links, ...Object.values(value).flatMap(marked)];
}

const marks = () => [
  '<!channel',
  '<!here',
  '<@U0ANARUIZ00> everybody',
  '<https://evil.example',
  `<${evil.url}`,
];
const tags = ['<script>alert', '<img src=x', '<b>bold'];

let incidentId: string;
let ended: IncidentState;
let spans: RawSpan[];
let ofOther: RawSpan[];

/** The agent learns, fails once, and somebody sends that session again with hostile words; people close the incident. */
beforeAll(async () => {
  const clean = await agentRuns(25);
  await createBaseline(store).learn(AGENT, clean);
  await renameIncomeField(system.loans.urls, 'annual_income', 'income_yearly_gross');
  const [failed = ''] = await agentRuns(1);

  ofOther = underOtherIds(await spansOf(clean[0] ?? ''), OTHER_SESSION).map((span) => ({
    ...withAttributes(span, { 'gen_ai.agent.name': OTHER_AGENT }),
    resource: { 'service.name': OTHER_AGENT },
  }));
  expect((await post('/v1/traces', toOtlpJson(ofOther))).status).toBe(200);
  const [foreign] = ofOther;
  if (!foreign) throw new Error('the other agent has no span');
  spans = hostile(await spansOf(failed), foreign);
  const claim = underOtherIds(spans.slice(0, 1), OTHER_SESSION);
  expect((await post('/v1/traces', toOtlpJson([...spans, ...claim]))).status).toBe(200);

  const ack = { sessionId: SESSION, seq: 0, state: 'ended' };
  expect((await post(`/api/v1/agents/${AGENT}/switch/ack`, JSON.stringify(ack))).status).toBe(200);
  const alert = { agent: AGENT, title: TITLE, sessionId: SESSION, severity: 'sev2' };
  const answer = await post('/api/v1/alerts', JSON.stringify(alert));
  ({ incidentId } = (await answer.json()) as { incidentId: string });
  expect(incidentId).toMatch(/^loan-agent-[0-9a-f]{12}-1$/);

  await play(incidentId, /pressed "Ask again/);
  await denyTheRest(incidentId);
  await play(incidentId);
  ended = await state(incidentId);
  expect(ended.status).toBe('closed');
}, 900_000);

it('is sealed word for word, and nothing of others with it', async () => {
  const evidence = createFilesystemEvidence({ dir: join(home, 'evidence') });
  const uri = ended.sessions[SESSION]?.seal?.uri ?? '';
  expect((await verifySeal(evidence, uri)).problems).toEqual([]);
  const sealed = await loadSealedSession(evidence, uri);
  expect(sealed.steps).toHaveLength(spans.length);
  const read = JSON.stringify(sealed);
  for (const word of words) expect(read).toContain(JSON.stringify(word).slice(1, -1).slice(0, 12));
  const kept = await store.spans.sessionMetadata(OTHER_SESSION, { agent: OTHER_AGENT });
  expect(kept?.spans).toBe(ofOther.length);
  expect(Object.keys(ended.sessions)).toEqual([SESSION]);
});

it('is text in Slack', () => {
  const { messages, views } = system.slack.state.workspace;
  const inSlack = [...messages.map(({ text }) => text), ...marked(messages), ...marked(views)];
  for (const mark of marks()) expect(inSlack.filter((text) => text.includes(mark))).toEqual([]);
  expect(JSON.stringify(messages)).toContain('&lt;!channel&gt;');
  expect(JSON.stringify(messages)).toContain('{{7*7}}');
  expect(system.slack.state.violations).toEqual([]);
});

it('is text on the pages', async () => {
  const paths = [`/incidents/${incidentId}`, '/', '/incidents', '/agents', '/sessions'];
  const answers = await Promise.all(paths.map((path) => fetch(`${system.endpoint}${path}`)));
  for (const answer of answers) expect(answer.headers.get('content-type')).toContain('text/html');
  const pages = await Promise.all(answers.map((answer) => answer.text()));
  for (const html of pages) for (const tag of tags) expect(html).not.toContain(tag);
  expect(pages[0]).toContain('&lt;b&gt;bold');
});

it('is text in the mails', () => {
  const mails = system.mail.mails();
  expect(mails.map(({ to }) => to).sort()).toEqual(['on-call@example.com', 'platform@example.com']);
  for (const { html, text, headers, subject } of mails) {
    for (const tag of tags) expect(html).not.toContain(tag);
    expect(html).toContain('{{7*7}}');
    expect(text).toContain('{{7*7}}');
    expect(headers.filter(({ name }) => name.toLowerCase() === 'bcc')).toEqual([]);
    expect(subject).not.toMatch(/[\r\n]/);
  }
});

it('leaves a record that verifies', async () => {
  const file = join(home, 'audit.jsonl');
  const { publicKey } = signerFromFile(join(home, 'signing.key'));
  expect(await system.command(['audit', 'export', '--incident', incidentId, '--out', file])).toMatchObject({
    code: 0,
  });
  expect(await system.command(['audit', 'verify', file, '--public-key', publicKey])).toMatchObject({
    code: 0,
  });
});

it('does nothing: nothing is fetched, nobody else is stopped, only what people signed is reversed', async () => {
  expect(visits).toEqual([]);
  const reading = await fetch(
    `${system.endpoint}/api/v1/agents/${OTHER_AGENT}/switch?session=${OTHER_SESSION}`,
    {
      headers: { authorization: `Bearer ${system.secrets.HOLDPOINT_SAMPLE_KEY}` },
    },
  );
  expect(await reading.json()).toMatchObject({ verdict: 'go' });
  const ids = spans.filter(isCallOf('set_application_status')).slice(2).map(applicationOf);
  const { reversed, again } = reversalsIn(system.loans.dir);
  expect({ reversed: reversed.toSorted(), again }).toEqual({ reversed: ids.toSorted(), again: [] });
});

const applicationOf = ({ attributes }: RawSpan): string => {
  const args = JSON.parse(String(attributes['gen_ai.tool.call.arguments'])) as { application_id: string };
  return args.application_id;
};
