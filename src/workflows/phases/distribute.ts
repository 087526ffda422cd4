import type { IncidentState } from '../../domain/incident/state.ts';
import type { Desk } from '../desk.ts';
import { distributing, saying } from '../proxies.ts';

const planned = ({ postmortem, distribution }: IncidentState): boolean =>
  postmortem.final && distribution?.version === postmortem.version;

async function plan(desk: Desk): Promise<void> {
  await desk.recorded();
  const { incidentId, postmortem } = desk.state;
  const { version } = postmortem;
  const result = await distributing.planDistribution({ incidentId, version });
  desk.apply({ type: 'planDistribution', version, ...result });
}

async function send(desk: Desk, recipientId: string): Promise<void> {
  await desk.recorded();
  const { incidentId, distribution } = desk.state;
  if (!distribution) return;
  const { version } = distribution;
  const receipt = await saying(`version ${version} to ${recipientId}`, distributing.sendPostmortem, {
    incidentId,
    version,
    recipientId,
  });
  desk.apply({
    type: 'reportReceipt',
    version,
    recipientId,
    ...receipt,
    note: receipt.note?.slice(0, 500) || null,
  });
}

/** Runbook, checklist: "distributed to platform and on-call teams within 48 hours". One send a recipient. */
export async function distribute(desk: Desk): Promise<void> {
  const isHashed = (): boolean =>
    !desk.hashesBeforeTheEnd || desk.hashedVersion === desk.state.postmortem.version;
  desk.keep(
    'plan distribution',
    () =>
      desk.state.postmortem.final && !planned(desk.state) && (desk.isOfThirdRelease || isHashed())
        ? ['plan']
        : [],
    () => plan(desk),
  );
  desk.keep(
    'send',
    () =>
      planned(desk.state) && isHashed()
        ? Object.entries(desk.state.distribution?.receipts ?? {}).flatMap(([id, receipt]) =>
            receipt.status === 'pending' ? [id] : [],
          )
        : [],
    (recipientId) => send(desk, recipientId),
  );
  await desk.until(() => desk.state.distributed?.version === desk.state.postmortem.version);
}
