import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { secretToken } from '../workspace/numbers.ts';

/** What Slack calls the kinds of deliveries in Socket Mode. */
const TYPES = {
  block_actions: 'interactive',
  view_submission: 'interactive',
  view_closed: 'interactive',
  shortcut: 'interactive',
  message_action: 'interactive',
  slash_command: 'slash_commands',
  event: 'events_api',
} as const;
export type SocketKind = keyof typeof TYPES;
export const isSocketKind = (kind: string): kind is SocketKind => Object.hasOwn(TYPES, kind);

const Reply = z.looseObject({ envelope_id: z.string(), payload: z.unknown() });

/** Slack's side of Socket Mode: hands out addresses, says hello, delivers envelopes and hears what is answered. */
export class Sockets {
  private readonly tickets = new Set<string>();
  private readonly open = new Set<WebSocket>();
  private readonly waiting = new Map<string, (payload: unknown) => void>();
  private readonly server = new WebSocketServer({ noServer: true });

  get areConnected(): boolean {
    return this.open.size > 0;
  }

  /** `apps.connections.open`: an address that is good for one connection. */
  address(url: string): string {
    const ticket = secretToken();
    this.tickets.add(ticket);
    return `${url.replace(/^http/, 'ws')}/link?ticket=${ticket}`;
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      const ticket = new URL(request.url ?? '/', 'http://stand-in').searchParams.get('ticket') ?? '';
      if (!this.tickets.delete(ticket)) return void socket.destroy();
      this.server.handleUpgrade(request, socket, head, (link) => this.welcome(link));
    });
  }

  /** Sends one envelope over one connection; resolves with what the app answered, rejects when that is given up. */
  async deliver(kind: SocketKind, payload: unknown, givenUp: AbortSignal): Promise<unknown> {
    const [link] = this.open;
    if (!link) throw new Error('no app is connected');
    const envelopeId = randomUUID();
    const answered = new Promise<unknown>((resolve, reject) => {
      this.waiting.set(envelopeId, resolve);
      givenUp.addEventListener('abort', () => reject(new Error('nobody answered')), { once: true });
    });
    const accepts = TYPES[kind] !== 'events_api';
    link.send(
      JSON.stringify({
        envelope_id: envelopeId,
        type: TYPES[kind],
        payload,
        accepts_response_payload: accepts,
      }),
    );
    return await answered;
  }

  /** What Slack does now and then: the app is asked to connect anew. */
  refresh(): void {
    for (const link of this.open)
      link.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
  }

  close(): void {
    for (const link of this.open) link.terminate();
    this.server.close();
  }

  private welcome(link: WebSocket): void {
    this.open.add(link);
    link.on('close', () => void this.open.delete(link));
    link.on('message', (data) => this.heard(String(data)));
    link.send(JSON.stringify({ type: 'hello', num_connections: this.open.size }));
  }

  private heard(text: string): void {
    const reply = Reply.safeParse(JSON.parse(text));
    if (!reply.success) return;
    this.waiting.get(reply.data.envelope_id)?.(reply.data.payload);
    this.waiting.delete(reply.data.envelope_id);
  }
}
