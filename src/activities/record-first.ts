import type { AfterRecord, IncidentActivities, RecordActivities } from './types.ts';

type AfterRecordActivities = Pick<
  IncidentActivities,
  'release' | 'proveLesson' | 'reverseWindow' | 'draftPostmortem' | 'planDistribution' | 'sendPostmortem'
>;

/**
 * Effects that append what they rest on before they begin, in one activity with it. Every try appends again, which
 * changes nothing where it is on record; an effect whose record fails does not begin.
 */
export function recordFirst(
  { appendEvents }: Pick<RecordActivities, 'appendEvents'>,
  effects: AfterRecordActivities,
): AfterRecordActivities {
  const first =
    <O extends { incidentId: string } & AfterRecord, R>(effect: (order: O) => Promise<R>) =>
    async (order: O): Promise<R> => {
      const { incidentId, record = [] } = order;
      if (record.length > 0) await appendEvents({ incidentId, events: record });
      return effect(order);
    };
  return {
    release: first(effects.release),
    proveLesson: first(effects.proveLesson),
    reverseWindow: first(effects.reverseWindow),
    draftPostmortem: first(effects.draftPostmortem),
    planDistribution: first(effects.planDistribution),
    sendPostmortem: first(effects.sendPostmortem),
  };
}
