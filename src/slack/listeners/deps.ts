import type { WebClient } from '@slack/web-api';
import type { Incidents } from '../../client/port.ts';
import type { Store } from '../../store/port.ts';
import type { EvidenceReader } from '../evidence.ts';
import type { Identity } from '../identity.ts';
import type { SlackLog } from '../log.ts';
import type { InTime } from './in-time.ts';

export interface Recipients {
  platform: readonly string[];
  onCall: readonly string[];
}

/** What every listener works with. */
export interface ListenerDeps extends InTime {
  incidents: Incidents;
  store: Pick<Store, 'incidents' | 'documents'> & {
    audit: Pick<Store['audit'], 'events' | 'words'>;
    directory: Pick<Store['directory'], 'put' | 'names'>;
  };
  evidence: EvidenceReader;
  identity: Identity;
  client: WebClient;
  /** Agents that a person may report, by name; empty lets them type it. */
  agents: readonly string[];
  /** Who gets a postmortem, by team: mail addresses and channel ids. */
  recipients: Recipients;
  /** The page of an incident, or null when none is served. */
  pageUrl: (incidentId: string) => string | null;
  now: () => number;
  log: SlackLog;
}
