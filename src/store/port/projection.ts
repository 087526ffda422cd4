import type { Phase } from '../../domain/incident/phase.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import type { Severity } from '../../domain/incident/vocabulary.ts';
import type { FailureModeOrUnknown } from '../../domain/session/analysis.ts';

export interface IncidentRow {
  incidentId: string;
  seq: number;
  head: string;
  state: IncidentState;
}

/** Which incidents; what is left out is not asked. Times in ms since the epoch. */
export interface IncidentFilter {
  status?: 'open' | 'ended';
  agent?: string;
  severity?: Severity;
  phase?: Phase;
  /** As confirmed, else as suggested. */
  mode?: FailureModeOrUnknown;
  /** Null: nobody's. */
  ownerId?: string | null;
  /** Words that begin words of the incident: title, agent, id, sessions, tools. */
  text?: string;
  openedFrom?: number;
  openedBefore?: number;
  late?: boolean;
  /** Those that have this session. */
  sessionId?: string;
  /** Those whose id begins with this. */
  idPrefix?: string;
}

export interface Projection {
  get(incidentId: string): Promise<IncidentRow | null>;
  list(
    filter: IncidentFilter & {
      limit: number;
      /** Opened before this, ms since the epoch; with `beforeId`, after that row in the order of the list. */
      before?: number;
      beforeId?: string;
    },
  ): Promise<IncidentRow[]>;
  /** Rebuilds every row from the audit log, or only compares; returns which differed, in any column. */
  rebuild(options?: { check?: boolean }): Promise<{ incidents: number; differing: string[] }>;
}
