import { SlackError } from '../core.ts';
import type { Args } from './args.ts';
import type { Method } from './methods.ts';

const WINDOW_MS = 60_000;

/** Counts calls over the last minute and refuses what Slack would refuse, with `Retry-After`. */
export class RateLimits {
  private readonly recent = new Map<string, number[]>();

  check(name: string, method: Method, args: Args, nowMs: number): void {
    const key = method.perChannel === true ? `${name} ${String(args['channel'])}` : name;
    const calls = (this.recent.get(key) ?? []).filter((atMs) => nowMs - atMs < WINDOW_MS);
    this.recent.set(key, calls);
    const oldest = calls[0];
    if (oldest !== undefined && calls.length >= method.perMinute) {
      const retryAfterS = Math.max(1, Math.ceil((oldest + WINDOW_MS - nowMs) / 1_000));
      throw new SlackError('ratelimited', [], { retryAfterS });
    }
    calls.push(nowMs);
  }
}
