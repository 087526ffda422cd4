import type { IncidentRow, Projection } from '../store/port.ts';
import { Problem } from './problem.ts';

export async function incidentOr404(
  incidents: Pick<Projection, 'get'>,
  incidentId: string,
): Promise<IncidentRow> {
  const row = /^\P{Cc}{1,200}$/u.test(incidentId) ? await incidents.get(incidentId) : null;
  if (row) return row;
  throw unknownIncident(incidentId);
}

export const unknownIncident = (incidentId: string): Problem =>
  new Problem({
    status: 404,
    code: 'unknown-incident',
    field: 'incidentId',
    detail: `There is no incident ${incidentId.slice(0, 200)}.`,
    remedy:
      'Search (or GET /api/v1/incidents) lists them; one opened this moment may take a second to appear.',
  });
