import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '../core.ts';
import type { Delivery, DeliveryKind } from '../journal.ts';
import { secretToken } from '../workspace/numbers.ts';
import { urlVerification } from './payloads.ts';
import { isSocketKind, type Sockets } from './socket.ts';

export interface DeliveryOptions {
  signingSecret: string;
  /** Holdpoint's endpoint for interactions, commands and events. */
  requestUrl: () => string;
  /** Connections of an app in Socket Mode. */
  sockets: Sockets;
  /** Slack waits three seconds for an answer. */
  ackTimeoutMs: number;
  /** Waits before an event is sent again; Slack: at once, a minute, five minutes. */
  eventRetryDelaysMs: readonly number[];
}

/** What is sent: a form (interactions, commands) or JSON (events). */
export interface Outgoing {
  kind: DeliveryKind;
  userId: string | null;
  payload: Record<string, unknown>;
  form: Record<string, string> | null;
}

/** Slack's request signature, version 0: HMAC-SHA256 over `v0:<seconds>:<body>`. */
export function slackSignature(signingSecret: string, timestampS: number, body: string): string {
  return `v0=${createHmac('sha256', signingSecret).update(`v0:${timestampS}:${body}`).digest('hex')}`;
}

/** Sends signed requests to the app and writes down how each was answered. */
export class Deliverer {
  private readonly core: Core;
  private readonly options: DeliveryOptions;
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(core: Core, options: DeliveryOptions) {
    this.core = core;
    this.options = options;
  }

  /** Sends an interaction or command once; faults may double or delay it. Never sent again on an error. */
  async interact(outgoing: Outgoing): Promise<Delivery> {
    const fault = this.core.faults.takeForDelivery();
    const signed = this.sign(outgoing);
    if (fault?.deliver === 'late') return await this.send(outgoing, signed, 1, {}, fault.delayMs ?? 0);
    if (fault?.deliver !== 'duplicate') return await this.send(outgoing, signed, 1, {}, 0);
    const [first] = await Promise.all([
      this.send(outgoing, signed, 1, {}, 0),
      this.send(outgoing, signed, 1, {}, fault.delayMs ?? 0),
    ]);
    return first;
  }

  /** Sends an event, and again while the app does not answer 200, as often as Slack does. */
  async event(outgoing: Outgoing): Promise<Delivery> {
    const delivery = await this.send(outgoing, this.sign(outgoing), 1, {}, 0);
    if (delivery.status !== 200) this.inBackground(this.sendAgain(outgoing, delivery));
    return delivery;
  }

  /** Sends a challenge and checks that it comes back. */
  async verify(): Promise<boolean> {
    const challenge = secretToken();
    const outgoing: Outgoing = {
      kind: 'url_verification',
      userId: null,
      payload: urlVerification(challenge),
      form: null,
    };
    const { status, body } = await this.send(outgoing, this.sign(outgoing), 1, {}, 0);
    return status === 200 && body.includes(challenge);
  }

  /** Ends what is under way; nothing is delivered afterwards. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.underWay);
  }

  private async sendAgain(outgoing: Outgoing, first: Delivery): Promise<void> {
    let last = first;
    for (const [index, delayMs] of this.options.eventRetryDelaysMs.entries()) {
      await sleep(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      const headers = {
        'x-slack-retry-num': String(index + 1),
        'x-slack-retry-reason': last.status === null ? 'http_timeout' : 'http_error',
      };
      last = await this.send(outgoing, this.sign(outgoing), index + 2, headers, 0);
      if (last.status === 200) return;
    }
  }

  private sign(outgoing: Outgoing): { body: string; headers: Record<string, string> } {
    const body =
      outgoing.form === null
        ? JSON.stringify(outgoing.payload)
        : new URLSearchParams(outgoing.form).toString();
    const timestampS = Math.floor(this.core.now() / 1_000);
    return {
      body,
      headers: {
        'content-type': outgoing.form === null ? 'application/json' : 'application/x-www-form-urlencoded',
        'user-agent': 'Slackbot 1.0 (stand-in)',
        'x-slack-request-timestamp': String(timestampS),
        'x-slack-signature': slackSignature(this.options.signingSecret, timestampS, body),
      },
    };
  }

  private async send(
    outgoing: Outgoing,
    signed: { body: string; headers: Record<string, string> },
    attempt: number,
    extraHeaders: Record<string, string>,
    delayMs: number,
  ): Promise<Delivery> {
    const { journal, now } = this.core;
    const { kind, userId, payload } = outgoing;
    const delivery = journal.delivering({ kind, userId, payload, attempt, sentAtMs: now() });
    const answer = this.post(signed.body, { ...signed.headers, ...extraHeaders }, delayMs, delivery);
    this.inBackground(answer);
    const startedMs = performance.now();
    const deadline = sleep(this.options.ackTimeoutMs, 'late' as const, { ref: false });
    const outcome = await Promise.race([answer, deadline]);
    if (outcome === 'late') {
      delivery.error = 'operation_timeout';
      delivery.latencyMs = performance.now() - startedMs;
    }
    return delivery;
  }

  private async post(
    body: string,
    headers: Record<string, string>,
    delayMs: number,
    delivery: Delivery,
  ): Promise<void> {
    const { signal } = this.stopping;
    const startedMs = performance.now();
    const took = () => performance.now() - startedMs;
    try {
      if (delayMs > 0) await sleep(delayMs, undefined, { signal });
      const { status, text } = await this.over(body, headers, delivery);
      if (delivery.error !== null) return;
      delivery.status = status;
      delivery.body = text;
      if (status !== 200) delivery.error = status < 500 ? 'http_client_error' : 'http_service_error';
    } catch {
      delivery.error ??= 'dispatch_failed';
    } finally {
      delivery.latencyMs ??= took();
    }
  }

  /** Over the app's own connection where it has one, else to its address. */
  private async over(
    body: string,
    headers: Record<string, string>,
    { kind, payload }: Delivery,
  ): Promise<{ status: number; text: string }> {
    const { sockets, requestUrl } = this.options;
    if (sockets.areConnected && isSocketKind(kind)) {
      const answer = await sockets.deliver(kind, payload, this.stopping.signal);
      const isEmpty = typeof answer !== 'object' || answer === null || Object.keys(answer).length === 0;
      return { status: 200, text: isEmpty ? '' : JSON.stringify(answer) };
    }
    const response = await fetch(requestUrl(), {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.any([this.stopping.signal, AbortSignal.timeout(60_000)]),
    });
    return { status: response.status, text: await response.text() };
  }

  private inBackground(work: Promise<unknown>): void {
    const settled = work.catch(() => undefined).finally(() => this.underWay.delete(settled));
    this.underWay.add(settled);
  }
}
