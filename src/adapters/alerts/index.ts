import { alertmanager } from './alertmanager.ts';
import { datadog } from './datadog.ts';
import { generic } from './generic.ts';
import { grafana } from './grafana.ts';
import { langfuse } from './langfuse.ts';
import { pagerduty } from './pagerduty.ts';
import type { AlertAdapter } from './port.ts';

export { BadAlert, type AlertAdapter, type IncomingAlert, type ParsedAlerts } from './port.ts';

/** By the last part of `/hooks/…`. */
export const alertAdapters = {
  generic,
  alertmanager,
  grafana,
  pagerduty,
  datadog,
  langfuse,
} as const satisfies Record<string, AlertAdapter>;
export type AlertSource = keyof typeof alertAdapters;
