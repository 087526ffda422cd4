import { createAuditLog } from './audit-log.ts';
import { createChanges } from './changes.ts';
import { connect, openPool } from './connection.ts';
import { createDirectory } from './directory.ts';
import { createDocuments } from './documents.ts';
import { createErasures } from './erasures.ts';
import { wrapClearKeys } from './evidence-keys.ts';
import { createHeadSigner, type HeadSigning } from './head-signature.ts';
import { createLists } from './lists.ts';
import { refreshLines } from './refresh-lines.ts';
import { createLedger } from './ledger.ts';
import type { MasterKey } from './master-key.ts';
import { migrate } from './migrate.ts';
import type { Store } from './port.ts';
import { createProjection } from './projection.ts';
import { createSessions } from './sessions.ts';
import { createSpanStore } from './spans/store.ts';
import { createSwitchStore } from './switches.ts';

const SPAN_WRITERS = 4;

export interface StoreOptions {
  /** `postgres://…` */
  url: string;
  /** Signs the heads of the audit chain; without it they stand unsigned. */
  signing?: HeadSigning | undefined;
  /** Connections of this process. Default 10; four more write spans. */
  poolSize?: number | undefined;
  /** A statement without any answer is given up after this. Default 130 s. */
  queryTimeoutMs?: number | undefined;
  /** How long an agent may act on a verdict without asking again. Default 500 ms. */
  switchLeaseMs?: number | undefined;
  /** Wraps the keys of encrypted evidence; without it they stand in the table in the clear. */
  masterKey?: MasterKey | null | undefined;
  now?: (() => number) | undefined;
}

/** Connects, brings the database up to date, and gives everything that is kept in it. */
export const createStore = async (options: StoreOptions): Promise<Store> => {
  const { url, signing, poolSize = 10, switchLeaseMs = 500, masterKey = null, now = Date.now } = options;
  const sign = signing ? createHeadSigner(signing) : null;
  const db = connect(url, poolSize, options.queryTimeoutMs);
  try {
    await migrate(db);
    await refreshLines(db);
    if (masterKey) await wrapClearKeys(db, masterKey);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const changes = createChanges({ url });
  // Apart, so that a flood of spans never waits in front of a decision.
  const spanPool = openPool(url, SPAN_WRITERS, options.queryTimeoutMs);
  return {
    lists: createLists({ db }),
    changes,
    audit: createAuditLog({ db, now, sign }),
    incidents: createProjection({ db, now }),
    ledger: createLedger({ db, now }),
    directory: createDirectory({ db, now }),
    erasures: createErasures({ db, now, master: masterKey }),
    documents: createDocuments({ db, now }),
    spans: createSpanStore({ db, pool: spanPool, now }),
    sessions: createSessions(db),
    switches: createSwitchStore({ db, leaseMs: switchLeaseMs }),
    close: async () => {
      await changes.close();
      await spanPool.end();
      await db.destroy();
    },
  };
};
