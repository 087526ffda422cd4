import type { IncidentState } from '../../domain/incident/state.ts';
import type { Desk } from '../desk.ts';
import { distributing, saying } from '../proxies.ts';

const isPlanned = ({ postmortem, distribution }: IncidentState): boolean =>
  postmortem.final && distribution?.version === postmortem.version;

async function plan(desk: Desk): Promise<void> {
  const planned = await desk.afterRecord(async (record) => {
    const { incidentId, postmortem } = desk.state;
    const { version } = postmortem;
    return { version, ...(await distributing.planDistribution({ incidentId, version, record })) };
  });
  desk.apply({ type: 'planDistribution', ...planned });
}

async function send(desk: Desk, recipientId: string): Promise<void> {
  const receipt = await desk.afterRecord(async (record) => {
    const { incidentId, distribution } = desk.state;
    if (!distribution) return null;
    const { version } = distribution;
    const order = { incidentId, version, recipientId, record };
    const summary = `version ${version} to ${recipientId}`;
    return { version, ...(await saying(summary, distributing.sendPostmortem, order)) };
  });
  if (!receipt) return;
  const note = receipt.note?.slice(0, 500) || null;
  desk.apply({ type: 'reportReceipt', recipientId, ...receipt, note });
}

/** Runbook, checklist: "distributed to platform and on-call teams within 48 hours". One send a recipient. */
export async function distribute(desk: Desk): Promise<void> {
  const isHashed = (): boolean =>
    !desk.hashesBeforeTheEnd || desk.hashedVersion === desk.state.postmortem.version;
  desk.keep(
    'plan distribution',
    () =>
      desk.state.postmortem.final && !isPlanned(desk.state) && (desk.isOfThirdRelease || isHashed())
        ? ['plan']
        : [],
    () => plan(desk),
  );
  desk.keep(
    'send',
    () =>
      isPlanned(desk.state) && isHashed()
        ? Object.entries(desk.state.distribution?.receipts ?? {}).flatMap(([id, receipt]) =>
            receipt.status === 'pending' ? [id] : [],
          )
        : [],
    (recipientId) => send(desk, recipientId),
  );
  await desk.until(() => desk.state.distributed?.version === desk.state.postmortem.version);
}
