import type { StopSwitchStore } from '../adapters/containment/switch-store.ts';
import type { Erasures } from './port/erasures.ts';
import type { AuditLog } from './port/audit.ts';
import type { Changes } from './port/changes.ts';
import type { Directory } from './port/directory.ts';
import type { Documents } from './port/documents.ts';
import type { EffectLedger } from './port/ledger.ts';
import type { Lists } from './port/lists.ts';
import type { Projection } from './port/projection.ts';
import type { Sessions } from './port/sessions.ts';
import type { SpanStore } from './port/spans.ts';

export type { AuditRow, ChainSelection, AuditLog } from './port/audit.ts';
export type { Change, Changes } from './port/changes.ts';
export type { Directory } from './port/directory.ts';
export type { Documents } from './port/documents.ts';
export type { LedgerState, EffectLedger } from './port/ledger.ts';
export type { OpenCounts, OpenIncident, Measure, AgentIncidents, Lists } from './port/lists.ts';
export type { IncidentRow, IncidentFilter, Projection } from './port/projection.ts';
export type { SessionRow, SessionFilter, SessionRates, Sessions } from './port/sessions.ts';
export type { SpanScope, SentSpans, SpanStore, StoredSession } from './port/spans.ts';

/** Everything that is kept in the database, a port a table. */
export interface Store {
  lists: Lists;
  changes: Changes;
  audit: AuditLog;
  incidents: Projection;
  spans: SpanStore;
  sessions: Sessions;
  ledger: EffectLedger;
  directory: Directory;
  erasures: Erasures;
  documents: Documents;
  switches: StopSwitchStore;
  close(): Promise<void>;
}
