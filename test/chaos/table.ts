import { nameOf } from './points.ts';
import type { Chaos } from './run.ts';

const pad = (cells: readonly (string | number)[], widths: readonly number[]): string =>
  cells
    .map((cell, i) =>
      typeof cell === 'number' ? String(cell).padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    )
    .join('  ')
    .trimEnd();

function lines(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => String(row[i] ?? '').length)));
  return rows.map((row) => pad(row, widths));
}

/** Kill points with what became of the incidents they were in; then the incidents, and what is wrong with them. */
export function tableOf(
  { kills, incidents }: Pick<Chaos, 'kills' | 'incidents'>,
  crashes: readonly string[],
): string {
  const byId = new Map(incidents.map((row) => [row.incidentId, row]));
  const points = [...new Set(kills.map(({ kill }) => nameOf(kill)))].sort();
  const rows = points.map((point) => {
    const mine = kills.filter(({ kill }) => nameOf(kill) === point);
    const fired = mine.filter(({ firedAfterMs }) => firedAfterMs !== null);
    const of = (holds: (id: string) => boolean): number =>
      fired.filter((row) => holds(row.incidentId)).length;
    const victims = [...new Set(fired.map(({ kill }) => kill.victim))].sort().join(' ');
    return [
      point,
      fired.length,
      of((id) => byId.get(id)?.status === 'closed'),
      of((id) => byId.get(id)?.status === 'open'),
      of((id) => (byId.get(id)?.uncertain ?? 0) > 0),
      of((id) => (byId.get(id)?.findings.length ?? 1) > 0),
      mine.length - fired.length,
      victims,
    ];
  });
  const head = ['kill point', 'kills', 'closed', 'waiting', 'uncertain', 'wrong', 'not reached', 'killed'];
  const each = incidents.map(({ incidentId, status, uncertain, tookMs, findings }) => [
    incidentId,
    status,
    uncertain,
    `${(tookMs / 1_000).toFixed(0)} s`,
    findings.length === 0 ? 'ok' : `WRONG: ${findings.slice(0, 3).join('; ')}`,
  ]);
  return [
    ...lines([head, ...rows]),
    '',
    ...lines([['incident', 'status', 'uncertain', 'took', ''], ...each]),
    ...(crashes.length > 0 ? ['', ...crashes] : []),
    '',
  ].join('\n');
}
