import { sql } from 'kysely';
import type { Database } from './connection.ts';
import { conditionsOf, whereOf } from './incident-filter.ts';
import { columns, toRow } from './projection.ts';
import type {
  AgentIncidents,
  IncidentFilter,
  IncidentRow,
  Lists,
  Measure,
  OpenCounts,
  OpenIncident,
} from './port.ts';

const DUE_SOON_MS = 12 * 3_600_000;

async function openCounts(db: Database, nowMs: number, agent?: string): Promise<OpenCounts> {
  const { rows } = await sql<OpenCounts>`
    select count(*)::int as "open",
      count(*) filter (where owner_id is null)::int as "unowned",
      coalesce(sum(pending_sign_offs), 0)::int as "pendingSignOffs",
      count(*) filter (where late or distribution_due_ms <= ${nowMs})::int as "late",
      count(*) filter (where not late and distribution_due_ms > ${nowMs}
        and distribution_due_ms <= ${nowMs + DUE_SOON_MS})::int as "dueSoon",
      coalesce(sum(open_remediation), 0)::int as "openRemediation"
    from incident ${whereOf({ status: 'open', ...(agent === undefined ? {} : { agent }) })}`.execute(db);
  return rows[0] ?? { open: 0, unowned: 0, pendingSignOffs: 0, late: 0, dueSoon: 0, openRemediation: 0 };
}

interface MeasureRow {
  name: Measure['name'];
  n: number;
  median: number | null;
  p90: number | null;
}

/** Median and p90 of four durations in one pass, nothing where n is 0. */
async function durations(db: Database, filter: IncidentFilter): Promise<Measure[]> {
  const { rows } = await sql<MeasureRow>`
    with chosen as (select contain_ms, classify_ms, sign_offs_ms, distribute_ms from incident ${whereOf(filter)}),
    measured as (
      select 'contain' as name, contain_ms as ms from chosen where contain_ms is not null
      union all select 'classify', classify_ms from chosen where classify_ms is not null
      union all select 'sign_off', unnest(sign_offs_ms) from chosen
      union all select 'distribute', distribute_ms from chosen where distribute_ms is not null)
    select name, count(*)::int as n,
      percentile_cont(0.5) within group (order by ms) as median,
      percentile_cont(0.9) within group (order by ms) as p90
    from measured group by name`.execute(db);
  return (['contain', 'classify', 'sign_off', 'distribute'] as const).map(
    (name) => rows.find((row) => row.name === name) ?? { name, n: 0, median: null, p90: null },
  );
}

/** Counts of one column's values, most frequent first. */
async function countsBy(
  db: Database,
  column: 'mode' | 'status' | 'phase' | 'severity',
  filter: IncidentFilter,
) {
  const { rows } = await sql<{ value: string | null; n: number }>`
    select ${sql.ref(column)} as value, count(*)::int as n from incident ${whereOf(filter)}
    group by 1 order by 2 desc, 1`.execute(db);
  return rows;
}

/** Those whose agent is not known to be stopped, then late ones, then by the next due time. */
async function urgent(
  db: Database,
  { limit, nowMs, ...filter }: IncidentFilter & { limit: number; nowMs: number },
): Promise<IncidentRow[]> {
  let query = db.selectFrom('incident').select(columns);
  for (const condition of conditionsOf(filter)) query = query.where(condition);
  const rows = await query
    .orderBy(sql`(phase in ('find_session', 'contain'))`, 'desc')
    .orderBy(sql`case when phase in ('find_session', 'contain') then severity end`)
    .orderBy(sql`(late or distribution_due_ms <= ${nowMs})`, (order) => order.desc().nullsLast())
    .orderBy(sql`least(sign_off_due_ms, distribution_due_ms)`, (order) => order.asc().nullsLast())
    .orderBy('severity')
    .orderBy('opened_at_ms')
    .orderBy('incident_id')
    .limit(limit)
    .execute();
  return rows.map(toRow);
}

export const createLists = ({ db }: { db: Database }): Lists => ({
  urgent: (filter) => urgent(db, filter),
  version: async (incidentId) => {
    const { rows } =
      incidentId === undefined
        ? await sql<{ n: string }>`select coalesce(sum(revision), 0)::text as n from incident`.execute(db)
        : await sql<{
            n: string;
          }>`select seq::text as n from incident where incident_id = ${incidentId}`.execute(db);
    return rows[0]?.n ?? '0';
  },
  count: async (filter) => {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from incident ${whereOf(filter)}`.execute(db);
    return rows[0]?.n ?? 0;
  },
  openCounts: (nowMs, agent) => openCounts(db, nowMs, agent),
  durations: (filter) => durations(db, filter),
  countsBy: (column, filter) => countsBy(db, column, filter),
  inTime: async (filter) => {
    const { rows } = await sql<{ distributed: number; inTime: number; late: number }>`
      select count(*) filter (where distribute_ms is not null)::int as "distributed",
        count(*) filter (where distribute_ms is not null and not late)::int as "inTime",
        count(*) filter (where late)::int as "late"
      from incident ${whereOf(filter)}`.execute(db);
    return rows[0] ?? { distributed: 0, inTime: 0, late: 0 };
  },
  modesOverTime: async (unit, filter) => {
    const { rows } = await sql<{ from: string; mode: string | null; n: number }>`
      select to_char(date_trunc(${unit}, to_timestamp(opened_at_ms / 1000.0) at time zone 'UTC'), 'YYYY-MM-DD') as "from",
        mode, count(*)::int as n
      from incident ${whereOf(filter)} group by 1, 2 order by 1, 3 desc, 2`.execute(db);
    return rows;
  },
  agents: async () => {
    const { rows } = await sql<AgentIncidents>`
      select agent, count(*)::int as "total",
        count(*) filter (where status = 'open')::int as "open",
        count(*) filter (where status = 'closed')::int as "closed",
        count(*) filter (where status = 'dismissed')::int as "dismissed",
        count(*) filter (where status = 'resolved_as_bug')::int as "resolvedAsBug",
        count(*) filter (where status = 'merged')::int as "merged",
        max(opened_at_ms) as "lastOpenedAt"
      from incident group by agent order by agent`.execute(db);
    return rows;
  },
  openByAgent: async (mostOfEach) => {
    const { rows } = await sql<OpenIncident>`
      select agent, incident_id as "incidentId", held from (
        select agent, incident_id, held, opened_at_ms,
          row_number() over (partition by agent order by opened_at_ms desc, incident_id desc) as place
        from incident where status = 'open') o
      where held or place <= ${mostOfEach}
      order by opened_at_ms desc, incident_id desc`.execute(db);
    return rows;
  },
});
