import type { Alert } from '../../domain/incident/vocabulary.ts';

/** One alert as a source sent it, before it is known whose key it came with. */
export interface IncomingAlert {
  /** Null: the sender did not say; a key for one agent alone says it. */
  agent: string | null;
  /** The sender's own key, which comes before the session; null when it gave none. */
  dedupKey: string | null;
  /** The sender's own id of this very alert: the same id again is the same alert. */
  senderId: string | null;
  alert: Omit<Alert, 'alertId'>;
  /** What was missing or not usable, in sentences, and what was taken instead. */
  warnings: string[];
}

export interface ParsedAlerts {
  alerts: IncomingAlert[];
  /** What opens nothing, such as `resolved`: an incident ends by its own rules. */
  ignored: { title: string; because: string }[];
}

/** Not an alert of this source: names the field and what to send. */
export class BadAlert extends Error {
  override readonly name = 'BadAlert';
  readonly field: string;
  readonly remedy: string;
  constructor(field: string, message: string, remedy: string) {
    super(message);
    this.field = field;
    this.remedy = remedy;
  }
}

/** Reads one source's format. Pure; throws `BadAlert`. */
export type AlertAdapter = (body: unknown, receivedAtMs: number) => ParsedAlerts;
