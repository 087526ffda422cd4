import type { IncidentFilter, IncidentRow } from './projection.ts';

export interface OpenCounts {
  open: number;
  /** Open ones that nobody owns. */
  unowned: number;
  pendingSignOffs: number;
  /** Open ones past their distribution's due time. */
  late: number;
  /** Open ones whose distribution is due within 12 hours. */
  dueSoon: number;
  /** Actions of open ones neither reversed, declined nor remediated. */
  openRemediation: number;
}

export interface Measure {
  name: 'contain' | 'classify' | 'sign_off' | 'distribute';
  n: number;
  /** ms; null where n is 0. */
  median: number | null;
  p90: number | null;
}

export interface AgentIncidents {
  agent: string;
  total: number;
  open: number;
  closed: number;
  dismissed: number;
  resolvedAsBug: number;
  merged: number;
  lastOpenedAt: number;
}

/** An open incident, as an agent's line names it. */
export interface OpenIncident {
  agent: string;
  incidentId: string;
  /** The agent starts no new session until it is released there. */
  held: boolean;
}

/** Numbers over the projection. */
export interface Lists {
  /** Differs when a row was written since: of one incident its seq, of all of them together their number of writes. */
  version(incidentId?: string): Promise<string>;
  /**
   * What needs a person soonest: whose agent is not known to be stopped, then late ones, then by the next due time, a
   * sign-off's or the distribution's.
   */
  urgent(filter: IncidentFilter & { limit: number; nowMs: number }): Promise<IncidentRow[]>;
  count(filter: IncidentFilter): Promise<number>;
  openCounts(nowMs: number, agent?: string): Promise<OpenCounts>;
  durations(filter: IncidentFilter): Promise<Measure[]>;
  countsBy(
    column: 'mode' | 'status' | 'phase' | 'severity',
    filter: IncidentFilter,
  ): Promise<{ value: string | null; n: number }[]>;
  /** Of incidents whose 48 hours are decided: distributed, of these in time; and those that were late, distributed or not. */
  inTime(filter: IncidentFilter): Promise<{ distributed: number; inTime: number; late: number }>;
  /** `from`: the first day of the week or month, UTC, `2026-03-01`. */
  modesOverTime(
    unit: 'week' | 'month',
    filter: IncidentFilter,
  ): Promise<{ from: string; mode: string | null; n: number }[]>;
  agents(): Promise<AgentIncidents[]>;
  /** Of each agent its newest open incidents, and every one that holds it; newest first. */
  openByAgent(mostOfEach: number): Promise<OpenIncident[]>;
}
