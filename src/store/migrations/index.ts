import type { Migration } from 'kysely';
import * as records from './001-records.ts';
import * as spans from './002-spans.ts';
import * as stopSwitch from './003-stop-switch.ts';
import * as incidentLines from './004-incident-lines.ts';
import * as spanChunks from './005-span-chunks.ts';
import * as incidentSessions from './007-incident-sessions.ts';
import * as sessions from './006-sessions.ts';
import * as erasure from './008-erasure.ts';
import * as unfinishedSessions from './009-unfinished-sessions.ts';
import * as historyKeys from './010-history-keys.ts';
import * as held from './011-held.ts';
import * as sessionChanges from './012-session-changes.ts';

/** In order of their names; a migration that was released never changes. */
export const migrations: Record<string, Migration> = {
  '001-records': { up: records.up },
  '002-spans': { up: spans.up },
  '003-stop-switch': { up: stopSwitch.up },
  '004-incident-lines': { up: incidentLines.up },
  '005-span-chunks': { up: spanChunks.up },
  '006-sessions': { up: sessions.up },
  '007-incident-sessions': { up: incidentSessions.up },
  '008-erasure': { up: erasure.up },
  '009-unfinished-sessions': { up: unfinishedSessions.up },
  '010-history-keys': { up: historyKeys.up },
  '011-held': { up: held.up },
  '012-session-changes': { up: sessionChanges.up },
};
