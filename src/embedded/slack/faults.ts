/** A fault of the Web API. `method` may be `*`. `drop_answer`: the call takes effect, the connection breaks. */
export interface ApiFault {
  method: string;
  kind: 'ratelimit' | 'http500' | 'hang' | 'drop_answer';
  /** How often; 1 when left out. */
  times?: number;
  /** For `ratelimit`; 1 when left out. */
  retryAfterS?: number;
}

/** A fault of delivery to the app: an interaction arrives twice, or `delayMs` late. */
export interface DeliveryFault {
  deliver: 'duplicate' | 'late';
  times?: number;
  delayMs?: number;
}

export type Fault = ApiFault | DeliveryFault;

interface Waiting {
  fault: Fault;
  left: number;
}

/** Faults wait here until a call or delivery meets them; the oldest that fits is used up first. */
export class Faults {
  private readonly waiting: Waiting[] = [];

  add(fault: Fault): void {
    this.waiting.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.waiting.length = 0;
  }

  /** How many are still to come. */
  get pending(): number {
    return this.waiting.reduce((sum, { left }) => sum + left, 0);
  }

  takeForMethod(method: string): ApiFault | null {
    return take(this.waiting, (fault) =>
      'method' in fault && (fault.method === method || fault.method === '*') ? fault : null,
    );
  }

  takeForDelivery(): DeliveryFault | null {
    return take(this.waiting, (fault) => ('deliver' in fault ? fault : null));
  }
}

function take<T>(waiting: Waiting[], fitting: (fault: Fault) => T | null): T | null {
  for (const entry of waiting) {
    const fault = entry.left > 0 ? fitting(entry.fault) : null;
    if (fault === null) continue;
    entry.left -= 1;
    return fault;
  }
  return null;
}
