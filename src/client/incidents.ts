import type { Client } from '@temporalio/client';
import type { Config } from '../config.ts';
import { Command } from '../domain/incident/command.ts';
import { refusal } from '../domain/incident/refusal.ts';
import type { Alert } from '../domain/incident/vocabulary.ts';
import type { Signer } from '../sign/envelope.ts';
import type { IncidentRow, Projection } from '../store/port.ts';
import { incidentWorkflowId } from '../workflows/ids.ts';
import type { SignedCommand, WorkflowSettings } from '../workflows/messages.ts';
import { wrongDigest } from './digests.ts';
import { KNOWN_SESSION, dedupOf, incidentBase, incidentIdOf, type Dedup } from './dedup.ts';
import { BadCommand, UnknownAgent, UnknownIncident, Unreachable } from './errors.ts';
import { withinMs } from '../within-ms.ts';
import { lastIncident } from './last-incident.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { createSender, nowDeadline, SIGNAL_DEADLINE_MS, type Taken } from './sender.ts';
import type { AlertAnswer, Answer, Incidents } from './port.ts';

export interface IncidentsDeps {
  client: Client;
  signer: Signer;
  /** Ed25519 public keys by id, base64: what new incidents believe. */
  publicKeys: Record<string, string>;
  taskQueue: string;
  settings: WorkflowSettings;
  /** How long an answer is waited for before the command is left as a signal. Slack gives 3 s in all. */
  deadlineMs?: number;
  config: Pick<Config, 'agents' | 'policy'>;
  projection: Pick<Projection, 'get' | 'list'>;
  nowMs?: () => number;
}

const PROJECTION_DEADLINE_MS = 400;
const HOUR_MS = 3_600_000;
/** Incidents that end while an alert is on its way; more than a few means that something else is wrong. */
const MOST_TRIES = 50;

/** How Slack, HTTP and activities reach incidents: signed, by update; by signal when no worker answers in time. */
export function createIncidents(deps: IncidentsDeps): Incidents {
  const { client, signer, config, projection, nowMs = Date.now } = deps;

  const sign = (incidentId: string, command: Command): SignedCommand => {
    const parsed = Command.safeParse(command);
    const [issue] = parsed.success ? [] : parsed.error.issues;
    if (issue)
      throw new BadCommand(issue.path.join('.') || 'command', `${issue.path.join('.')}: ${issue.message}`);
    const wrong = wrongDigest(command);
    if (wrong !== null)
      throw new BadCommand(wrong, `${wrong}: sha256 is not that of the text: digest it as UTF-8`);
    return signer.sign(incidentId, command);
  };

  const { toRunning, withStart } = createSender(deps);

  /** The open incident that has the session already, whatever it was keyed by. */
  const openWithSession = async (agent: string, sessionId: string | null): Promise<IncidentRow | null> => {
    if (sessionId === null) return null;
    const open = projection.list({ status: 'open', agent, sessionId, limit: 1 });
    return (await withinMs(open, PROJECTION_DEADLINE_MS))?.value[0] ?? null;
  };

  const receive = (
    input: AlertInput,
    dedup: Dedup,
    incidentId: string,
    linkedFrom: string | null,
  ): SignedCommand =>
    sign(incidentId, {
      type: 'receiveAlert',
      id: commandIdOf(input.alert),
      at: nowMs(),
      by: input.by,
      incidentId,
      agent: input.agent,
      ownerIds: config.agents[input.agent]?.ownerIds ?? [],
      dedupKey: dedup.key.slice(0, 200),
      dedupRule: dedup.rule,
      policy: config.policy,
      linkedFrom,
      alert: input.alert,
    });

  const answered = (taken: Taken, incidentId: string, dedup: Dedup): AlertAnswer | null => {
    if (taken.kind === 'gone' || (taken.kind === 'refused' && taken.refusal.code === 'already-ended'))
      return null;
    if (taken.kind === 'refused')
      throw new Error(`The alert was refused: ${taken.refusal.sentence} ${taken.refusal.next}`);
    const opened = taken.kind === 'accepted' ? taken.events > 0 && taken.seq === taken.events : null;
    return { incidentId, opened, dedupKey: dedup.key, dedupRule: dedup.rule };
  };

  const alert = async (input: AlertInput): Promise<AlertAnswer> => {
    if (!Object.hasOwn(config.agents, input.agent)) throw new UnknownAgent(input.agent);
    const known = await openWithSession(input.agent, input.alert.sessionId);
    if (known) {
      const dedup: Dedup = { rule: KNOWN_SESSION, key: known.state.dedupKey };
      const joined = await join(input, dedup, known.incidentId);
      if (joined) return joined;
    }
    return openOrJoin(input, dedupOf(input.dedupKey, input.alert));
  };

  /** To an incident that is on record, or runs: never with start, which would begin an ended one again. */
  const join = async (input: AlertInput, dedup: Dedup, incidentId: string): Promise<AlertAnswer | null> => {
    const joined = answered(await toRunning(receive(input, dedup, incidentId, null)), incidentId, dedup);
    return joined && { ...joined, opened: false };
  };

  const openOrJoin = async (input: AlertInput, dedup: Dedup): Promise<AlertAnswer> => {
    const base = incidentBase(input.agent, dedup);
    const asked = await withinMs(lastIncident(projection, input.agent, base), PROJECTION_DEADLINE_MS);
    if (!asked) return openUnseen(input, dedup, base);
    const last = asked.value;
    if (!last) return openFrom(input, dedup, base, 1, null);
    const { incidentId, state } = last.row;
    // The same request again, after the incident has ended: an old alert opens nothing.
    if (state.decided.includes(commandIdOf(input.alert)))
      return { incidentId, opened: false, dedupKey: dedup.key, dedupRule: dedup.rule };
    const joined = state.status === 'open' ? await join(input, dedup, incidentId) : null;
    return joined ?? openFrom(input, dedup, base, last.ordinal + 1, incidentId);
  };

  /**
   * The records are out of reach: joins what runs, else opens under a number that no incident of before can have, for
   * Temporal may have forgotten those; the hour, so that alerts of the same failure still meet.
   */
  const openUnseen = async (input: AlertInput, dedup: Dedup, base: string): Promise<AlertAnswer> => {
    const running = (await withinMs(runningOf(client, base), PROJECTION_DEADLINE_MS))?.value ?? null;
    const joined = await join(input, dedup, running ?? incidentIdOf(base, 1));
    return joined ?? openFrom(input, dedup, base, Math.floor(nowMs() / HOUR_MS), null);
  };

  const openFrom = async (
    input: AlertInput,
    dedup: Dedup,
    base: string,
    from: number,
    link: string | null,
  ): Promise<AlertAnswer> => {
    let linkedFrom = link;
    for (let ordinal = from; ordinal < from + MOST_TRIES; ordinal += 1) {
      const incidentId = incidentIdOf(base, ordinal);
      const answer = answered(
        await withStart(receive(input, dedup, incidentId, linkedFrom), input.agent),
        incidentId,
        dedup,
      );
      if (answer) return answer;
      // One that ended empty, its first alert refused, never came on record: nothing to link.
      const seen = await withinMs(projection.get(incidentId), PROJECTION_DEADLINE_MS);
      if (!seen || seen.value) linkedFrom = incidentId;
    }
    throw new Unreachable(new Error(`${MOST_TRIES} incidents of ${base} have ended one after another`));
  };

  const send: Incidents['send'] = async (incidentId, words, by, { patienceMs } = {}) => {
    const taken = await toRunning(sign(incidentId, { ...words, at: nowMs(), by } as Command), patienceMs);
    if (taken.kind !== 'pending' && taken.kind !== 'gone') return answerOf(taken);
    if (taken.kind === 'pending') {
      const decided = taken.decided?.then(heard, () => null);
      return { ok: true, events: 0, pending: true, ...(decided ? { decided } : {}) };
    }
    const row = await withinMs(projection.get(incidentId), PROJECTION_DEADLINE_MS);
    if (row?.value) return { ok: false, refusal: refusal('already-ended') };
    if (await hasRun(client, incidentId)) return { ok: false, refusal: refusal('already-ended') };
    throw new UnknownIncident(incidentId);
  };

  return { send, alert };
}

const answerOf = (outcome: Extract<Outcome, { kind: 'accepted' | 'refused' }>): Answer =>
  outcome.kind === 'accepted'
    ? { ok: true, events: outcome.events, pending: false }
    : { ok: false, refusal: outcome.refusal };

const heard = (outcome: Outcome): Answer | null =>
  outcome.kind === 'accepted' || outcome.kind === 'refused' ? answerOf(outcome) : null;

type AlertInput = Parameters<Incidents['alert']>[0];

const commandIdOf = ({ alertId }: Alert): string => `alert:${alertId}`.slice(0, 200);

async function hasRun(client: Client, incidentId: string): Promise<boolean> {
  try {
    await client.withDeadline(nowDeadline(SIGNAL_DEADLINE_MS), () =>
      client.workflow.getHandle(incidentWorkflowId(incidentId)).describe(),
    );
    return true;
  } catch (error) {
    if (outcomeOf(error).kind === 'gone') return false;
    throw new Unreachable(error);
  }
}

/** The incident of a key that runs, after Temporal's own list, which may lag by a second. */
async function runningOf(client: Client, base: string): Promise<string | null> {
  const prefix = incidentWorkflowId(`${base}-`);
  const query = `WorkflowId STARTS_WITH ${JSON.stringify(prefix)} AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1 }))
    return workflowId.slice(incidentWorkflowId('').length);
  return null;
}
