import { Problem } from '../problem.ts';

export interface AdmissionLimits {
  /** Requests that are worked on at once. */
  maxRequests: number;
  /** Of their bodies, as they are sent or, once known, unpacked. */
  maxBytes: number;
}

export interface Admitted {
  /** The body has become larger or smaller. Throws when that is more than there is room for. */
  resize(bytes: number): void;
  release(): void;
}

const full = (): Problem =>
  new Problem({
    status: 503,
    code: 'busy',
    detail: 'More spans arrive than can be stored at present; these were not taken.',
    remedy: 'Send them again after the time in Retry-After, as OTLP exporters do by themselves.',
    headers: { 'retry-after': '1' },
  });

/** Lets requests in as long as memory is bounded; the others are told to come again, before a byte of them is read. */
export const createAdmission = ({ maxRequests, maxBytes }: AdmissionLimits) => {
  let requests = 0;
  let held = 0;
  return {
    /** `bytes`: what the sender says, or the most it may send. */
    admit: (bytes: number): Admitted => {
      // A lone request is always let in, however large the limit for one.
      if (requests >= maxRequests || (requests > 0 && held + bytes > maxBytes)) throw full();
      requests += 1;
      held += bytes;
      let mine = bytes;
      let isOpen = true;
      return {
        resize: (now) => {
          if (requests > 1 && now > mine && held - mine + now > maxBytes) throw full();
          held += now - mine;
          mine = now;
        },
        release: () => {
          if (!isOpen) return;
          isOpen = false;
          requests -= 1;
          held -= mine;
        },
      };
    },
  };
};
