import { parser } from '@prometheus-io/lezer-promql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const DEPLOY = join(__dirname, '../../../deploy');

/** Metrics by name, each with the labels it was told with. */
export type Told = Map<string, Set<string>>;

/** Reads the text format of Prometheus. */
export function told(text: string): Told {
  const metrics: Told = new Map();
  for (const [, name = '', inside = ''] of text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /gm)) {
    const labels = metrics.get(name) ?? new Set();
    for (const [, label = ''] of inside.matchAll(/([a-zA-Z_]\w*)="/g)) labels.add(label);
    metrics.set(name, labels);
  }
  return metrics;
}

const nodesOf = (expr: string, kind: string): string[] => {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, type, from, to }) => {
      if (kind === 'mistake' ? type.isError : name === kind) found.push(expr.slice(from, to));
    },
  });
  return found;
};

/** The metrics that an expression names, and where Prometheus' own grammar does not take it. */
export const parsedIn = (expr: string): { names: string[]; mistakes: string[] } => ({
  names: nodesOf(expr, 'Identifier'),
  mistakes: nodesOf(expr, 'mistake').map((text) => `near "${text}"`),
});

export const labelsIn = (expr: string): string[] => nodesOf(expr, 'LabelName');

interface Board {
  panels: { title: string; targets: { expr: string }[] }[];
}
interface Rules {
  groups: { rules: { alert: string; expr: string }[] }[];
}

/** Every expression of the alert rules and the dashboard. */
export function expressions(): { where: string; expr: string }[] {
  const rules = parse(readFileSync(join(DEPLOY, 'prometheus/alerts.yml'), 'utf8')) as Rules;
  const board = JSON.parse(readFileSync(join(DEPLOY, 'grafana/holdpoint.json'), 'utf8')) as Board;
  return [
    ...rules.groups.flatMap((group) => group.rules.map(({ alert, expr }) => ({ where: alert, expr }))),
    ...board.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: title, expr }))),
  ];
}
