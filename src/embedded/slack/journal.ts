/** A call of the Web API, as it was answered. */
export interface ApiCall {
  method: string;
  args: Record<string, unknown>;
  ok: boolean;
  error: string | null;
  atMs: number;
}

export type DeliveryKind =
  | 'block_actions'
  | 'view_submission'
  | 'view_closed'
  | 'slash_command'
  | 'shortcut'
  | 'message_action'
  | 'event'
  | 'url_verification';

/** One POST to the app. `status` is null when no answer came in time; `latencyMs` is measured either way. */
export interface Delivery {
  id: number;
  kind: DeliveryKind;
  userId: string | null;
  /** The payload as the app got it, decoded. */
  payload: Record<string, unknown>;
  /** Counted from 1; above 1 only for events, which are sent again. */
  attempt: number;
  sentAtMs: number;
  status: number | null;
  latencyMs: number | null;
  body: string;
  error: string | null;
}

const KEPT = 2_000;

/** What passed between the app and the stand-in, newest last; not kept over a restart. */
export class Journal {
  readonly calls: ApiCall[] = [];
  readonly deliveries: Delivery[] = [];
  /** What real Slack would not have allowed or the app should not do; a test asserts that it stays empty. */
  readonly violations: string[] = [];
  private lastDelivery = 0;

  called(call: ApiCall): void {
    keep(this.calls, call);
  }

  delivering(delivery: Omit<Delivery, 'id' | 'status' | 'latencyMs' | 'body' | 'error'>): Delivery {
    this.lastDelivery += 1;
    const entry: Delivery = {
      ...delivery,
      id: this.lastDelivery,
      status: null,
      latencyMs: null,
      body: '',
      error: null,
    };
    keep(this.deliveries, entry);
    return entry;
  }

  violated(what: string): void {
    keep(this.violations, what);
  }
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT) list.shift();
}
