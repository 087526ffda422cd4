import type { CommandOf } from '../command.ts';
import type { IncidentState, Receipt } from '../state.ts';
import { decision, own, type DecisionTable } from './table.ts';

const receipt = (state: IncidentState, id: string): Receipt | undefined =>
  own(state.distribution?.receipts ?? {}, id);

const missingTeam = (c: CommandOf<'planDistribution'>): string =>
  (['platform', 'on_call'] as const).find((team) => !c.recipients.some((one) => one.team === team)) ?? '';

export const distribution: DecisionTable<'planDistribution' | 'reportReceipt' | 'settleReceipt'> = {
  planDistribution: decision(
    'planDistribution',
    'engine',
    [
      {
        code: 'stale-version',
        breaks: (s, c) => !s.postmortem.final || c.version !== s.postmortem.version,
        detail: (s) => String(s.postmortem.version),
      },
      { code: 'no-change', breaks: (s, c) => s.distribution?.version === c.version },
      {
        code: 'no-recipients',
        breaks: (_s, c) => missingTeam(c) !== '',
        detail: (_s, c) => missingTeam(c),
      },
    ],
    (_s, { type: _type, id: _id, at: _at, by: _by, ...data }) => [{ type: 'distributionPlanned', data }],
  ),

  reportReceipt: decision(
    'reportReceipt',
    'engine',
    [
      {
        code: 'stale-version',
        breaks: (s, c) => s.distribution?.version !== c.version,
        detail: (s) => String(s.distribution?.version ?? 0),
      },
      { code: 'unknown-recipient', breaks: (s, c) => !receipt(s, c.recipientId) },
      // Promise 6: what is uncertain or refused waits for a person, who may order it to be sent again.
      {
        code: 'receipt-settled',
        breaks: (s, c) => {
          const found = receipt(s, c.recipientId);
          return found !== undefined && found.status !== 'pending';
        },
      },
    ],
    (_s, { type: _type, id: _id, at: _at, by: _by, ...data }) => [{ type: 'receiptReported', data }],
  ),

  settleReceipt: decision(
    'settleReceipt',
    'responder',
    [
      { code: 'unknown-recipient', breaks: (s, c) => !receipt(s, c.recipientId) },
      {
        code: 'receipt-settled',
        breaks: (s, c) => !['uncertain', 'refused'].includes(receipt(s, c.recipientId)?.status ?? ''),
      },
    ],
    (_s, { recipientId, outcome, reason }) => [
      { type: 'receiptSettled', data: { recipientId, outcome, reason } },
    ],
  ),
};
