import type { ContainmentOrder } from '../../../src/adapters/containment/port.ts';

export const orderOf = (more: Partial<ContainmentOrder> = {}): ContainmentOrder => ({
  incidentId: 'inc-1',
  agent: 'counting-agent',
  sessionId: 's-1',
  action: 'pause',
  key: 'inc-1:contain:s-1',
  reason: 'decline rate',
  ...more,
});
