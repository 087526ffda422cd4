import { z } from 'zod';
import { AckState, type StopSwitchStore } from './switch-store.ts';

/** What the database can hold as a number and as a name. */
const Int4 = z.int().max(2_147_483_647);
const SessionId = z.string().regex(/^\P{Cc}{1,200}$/u, '1 to 200 printable characters');

/** Body of `POST /api/v1/agents/{agent}/switch/ack`. */
export const AckRequest = z.strictObject({
  sessionId: SessionId,
  seq: Int4.nonnegative(),
  state: AckState,
  pid: Int4.positive().optional(),
});
export type AckRequest = z.infer<typeof AckRequest>;

/** `field` names what was wrong; the caller makes a problem of it. */
export type SwitchAnswer = { status: 200; body: unknown } | { status: 400; field: string; detail: string };

/** `GET /api/v1/agents/{agent}/switch?session={id}`: `{verdict, leaseMs, seq, scope, reason}`. The caller has checked that the key may speak for the agent. */
export const readSwitch = async (
  store: StopSwitchStore,
  agent: string,
  session: string | undefined,
): Promise<SwitchAnswer> => {
  if (session !== undefined && !SessionId.safeParse(session).success) {
    return { status: 400, field: 'session', detail: 'session: 1 to 200 printable characters' };
  }
  return { status: 200, body: await store.read(agent, session ?? null) };
};

/** `POST /api/v1/agents/{agent}/switch/ack` with an `AckRequest`. */
export const acknowledgeSwitch = async (
  store: StopSwitchStore,
  agent: string,
  body: unknown,
  nowMs: number,
): Promise<SwitchAnswer> => {
  const parsed = AckRequest.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.') || 'body';
    return { status: 400, field, detail: `${field}: ${issue?.message ?? 'not understood'}` };
  }
  const { pid = null, ...ack } = parsed.data;
  await store.ack({ ...ack, agent, pid, atMs: nowMs });
  return { status: 200, body: { ok: true } };
};
