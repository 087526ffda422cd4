import { z } from 'zod';
import { FiringAlert, firing, RESOLVED, titleOf } from './alertmanager.ts';
import { parseBody } from './fields.ts';
import type { AlertAdapter } from './port.ts';

const GrafanaAlert = FiringAlert.extend({
  panelURL: z.string().nullish(),
  dashboardURL: z.string().nullish(),
});
const Notification = z.looseObject({ alerts: z.array(GrafanaAlert).min(1).max(200) });
const REMEDY = 'Use a Grafana contact point of the kind Webhook, without a custom payload.';

/** `POST /hooks/grafana`: a Grafana alerting webhook. */
export const grafana: AlertAdapter = (body, receivedAtMs) => {
  const { alerts } = parseBody(Notification, body, REMEDY);
  const isOver = ({ status }: FiringAlert) => status === 'resolved';
  return {
    alerts: alerts
      .filter((alert) => !isOver(alert))
      .map((alert) => {
        const url = [alert.panelURL, alert.dashboardURL, alert.generatorURL].find((link) => link);
        return firing('grafana', alert, url, receivedAtMs);
      }),
    ignored: alerts
      .filter(isOver)
      .map((alert) => ({ title: titleOf(alert).slice(0, 300), because: RESOLVED })),
  };
};
