import type { SwitchReading } from './switch-client.ts';

/** Holdpoint stopped this session (or the agent): no further call may be made in it. */
export class AgentStopped extends Error {
  override readonly name = 'AgentStopped';
  readonly scope: 'session' | 'agent';
  readonly reason: string;
  constructor(reading: Pick<SwitchReading, 'scope' | 'reason'>) {
    super(`Holdpoint stopped this ${reading.scope}${reading.reason === '' ? '' : `: ${reading.reason}`}`);
    this.scope = reading.scope;
    this.reason = reading.reason;
  }
}

/** The switch could not be read, and this call may not be made without its word. */
export class SwitchUnreachable extends Error {
  override readonly name = 'SwitchUnreachable';
  constructor(call: string, waitedMs: number, problem: string) {
    super(
      `${call} was not made: ${problem} for ${waitedMs} ms, and this call is closed without the stop switch`,
    );
  }
}
