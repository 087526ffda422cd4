import type { Hono } from 'hono';
import { checklistOf } from '../../domain/incident/checklist.ts';
import { phaseOf } from '../../domain/incident/phase.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import type { AuditLog, IncidentRow, Projection } from '../../store/port.ts';
import type { PeopleGate } from '../auth/people.ts';
import { Problem } from '../problem.ts';

export interface IncidentRoutesDeps {
  people: PeopleGate;
  incidents: Pick<Projection, 'get' | 'list'>;
  audit: Pick<AuditLog, 'rows' | 'words' | 'signedHeads'>;
}

/** One line of the list. */
export function summaryOf({ incidentId, seq, head, state }: IncidentRow) {
  const items = checklistOf(state);
  return {
    incidentId,
    agent: state.agent,
    status: state.status,
    phase: phaseOf(state),
    severity: state.severity,
    openedAt: iso(state.openedAt),
    endedAt: state.endedAt === null ? null : iso(state.endedAt),
    sessions: Object.keys(state.sessions),
    failureMode: state.mode.confirmed ?? state.mode.suggested,
    ownerId: state.ownerId,
    itemsProven: items.filter(({ proven }) => proven).length,
    items: items.length,
    alerts: state.alerts.count,
    linkedFrom: state.linkedFrom,
    seq,
    auditHead: head,
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Ids of decided commands serve the engine alone. */
const shown = ({ decided: _decided, ...state }: IncidentState): Omit<IncidentState, 'decided'> => state;

const bad = (field: string, detail: string, remedy: string): Problem =>
  new Problem({ status: 400, code: 'bad-parameter', field, detail, remedy });

function limitOf(text: string | undefined): number {
  if (text === undefined) return 50;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 200)
    throw bad('limit', 'limit is not a number from 1 to 200.', 'Send a number from 1 to 200.');
  return limit;
}

function statusOf(text: string | undefined): 'open' | 'ended' | undefined {
  if (text === undefined || text === 'open' || text === 'ended') return text;
  throw bad(
    'status',
    'status is neither open nor ended.',
    'Send status=open, status=ended, or leave it out.',
  );
}

/** `<opened at, ms>:<incident id>`: where the page before ended. */
const cursorOf = ({ state, incidentId }: IncidentRow): string => `${state.openedAt}:${incidentId}`;

function beforeOf(text: string | undefined): { before?: number; beforeId?: string } {
  if (text === undefined) return {};
  const [, at, beforeId] = /^(\d{1,15})(?::(.{1,200}))?$/.exec(text) ?? [];
  if (at === undefined)
    throw bad('before', 'before is not a place in the list.', 'Send the `next` of the page before.');
  return { before: Number(at), ...(beforeId === undefined ? {} : { beforeId }) };
}

export async function incidentOr404(
  incidents: Pick<Projection, 'get'>,
  incidentId: string,
): Promise<IncidentRow> {
  const row = incidentId.length <= 200 ? await incidents.get(incidentId) : null;
  if (row) return row;
  throw unknownIncident(incidentId);
}

export const unknownIncident = (incidentId: string): Problem =>
  new Problem({
    status: 404,
    code: 'unknown-incident',
    field: 'incidentId',
    detail: `There is no incident ${incidentId.slice(0, 200)}.`,
    remedy: 'GET /api/v1/incidents lists them; one that was opened this moment may take a second to appear.',
  });

/** `GET /api/v1/incidents`, `/:id`, `/:id/audit`, from the projection and the audit log. */
export function incidentRoutes(app: Hono, { people, incidents, audit }: IncidentRoutesDeps): void {
  app.get('/api/v1/incidents', async (context) => {
    people.reader(context);
    const { status, agent, limit, before } = context.req.query();
    const wanted = limitOf(limit);
    const filter = { ...beforeOf(before), limit: wanted };
    const ofStatus = statusOf(status);
    const rows = await incidents.list({
      ...filter,
      ...(ofStatus === undefined ? {} : { status: ofStatus }),
      ...(agent === undefined ? {} : { agent }),
    });
    const last = rows.length === wanted ? rows.at(-1) : undefined;
    return context.json({ incidents: rows.map(summaryOf), next: last ? cursorOf(last) : null });
  });

  app.get('/api/v1/incidents/:id', async (context) => {
    people.reader(context);
    const row = await incidentOr404(incidents, context.req.param('id'));
    return context.json({ ...summaryOf(row), checklist: checklistOf(row.state), state: shown(row.state) });
  });

  app.get('/api/v1/incidents/:id/audit', async (context) => {
    people.reader(context, 'auditor');
    const { incidentId } = await incidentOr404(incidents, context.req.param('id'));
    const [rows, words, heads] = await Promise.all([
      audit.rows(incidentId),
      audit.words(incidentId),
      audit.signedHeads(incidentId),
    ]);
    return context.json({ incidentId, rows, words, heads });
  });
}
