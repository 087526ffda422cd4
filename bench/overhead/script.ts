import type { temporal } from '@temporalio/proto';

type Event = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads | null | undefined;

/** One command of a recorded workflow task; sizes in bytes. */
export type Step =
  | { kind: 'activity'; key: string; inputBytes: number; resultBytes: number }
  | { kind: 'timer'; key: string; ms: number }
  | { kind: 'cancel'; key: string }
  | { kind: 'marker'; id: string }
  | { kind: 'attributes' }
  | { kind: 'child'; key: string; inputBytes: number };

/** What a recorded run did, task by task, and what each task had waited for. */
export interface Script {
  startBytes: number;
  resultBytes: number;
  tasks: { waits: string[]; steps: Step[] }[];
  updates: { inputBytes: number; resultBytes: number; after: string[] }[];
  /** The first activity that stops the agent. */
  stop: string;
}

const bytesOf = (payloads: Payloads): number =>
  (payloads?.payloads ?? []).reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
const idOf = (id: unknown): string => String(id ?? '');
const msOf = (duration: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(duration?.seconds ?? 0) * 1_000 + Math.round((duration?.nanos ?? 0) / 1e6);

/** The command that an event stands for; null for events that the server made. */
function stepOf(event: Event, results: Map<string, number>): Step | null {
  const key = idOf(event.eventId);
  const { activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer } = event;
  if (activity)
    return { kind: 'activity', key, inputBytes: bytesOf(activity.input), resultBytes: results.get(key) ?? 0 };
  if (timer) return { kind: 'timer', key, ms: msOf(timer.startToFireTimeout) };
  if (event.timerCanceledEventAttributes)
    return { kind: 'cancel', key: idOf(event.timerCanceledEventAttributes.startedEventId) };
  if (event.markerRecordedEventAttributes) return { kind: 'marker', id: `bare ${key}` };
  if (event.upsertWorkflowSearchAttributesEventAttributes) return { kind: 'attributes' };
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  return child ? { kind: 'child', key, inputBytes: bytesOf(child.input) } : null;
}

/** What has come to an end by this event, under the key of the step that began it. */
function endOf(event: Event): string | null {
  const { activityTaskCompletedEventAttributes: activity, timerFiredEventAttributes: timer } = event;
  if (activity) return idOf(activity.scheduledEventId);
  if (timer) return idOf(timer.startedEventId);
  const child = event.childWorkflowExecutionStartedEventAttributes;
  return child ? idOf(child.initiatedEventId) : null;
}

/** Reads the script out of a history. */
export function scriptOf(events: readonly Event[]): Script {
  const results = new Map<string, number>();
  for (const { activityTaskCompletedEventAttributes: done } of events)
    if (done) results.set(idOf(done.scheduledEventId), bytesOf(done.result));
  const script: Script = { startBytes: 0, resultBytes: 0, tasks: [], updates: [], stop: '' };
  const updateResults = new Map<string, number>();
  for (const { workflowExecutionUpdateCompletedEventAttributes: done } of events)
    if (done) updateResults.set(idOf(done.acceptedEventId), bytesOf(done.outcome?.success));
  let waits: string[] = [];
  const ended: string[] = [];
  for (const event of events) {
    const end = endOf(event);
    const started = event.workflowExecutionStartedEventAttributes;
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
    if (started) script.startBytes = bytesOf(started.input);
    if (end !== null) {
      waits.push(end);
      ended.push(end);
    }
    if (event.workflowTaskCompletedEventAttributes) {
      script.tasks.push({ waits, steps: [] });
      waits = [];
    }
    if (accepted) {
      script.tasks.at(-1)?.waits.push(`update ${script.updates.length}`);
      script.updates.push({
        inputBytes: bytesOf(accepted.acceptedRequest?.input?.args),
        resultBytes: updateResults.get(idOf(event.eventId)) ?? 0,
        after: [...ended],
      });
    }
    const step = stepOf(event, results);
    if (step) script.tasks.at(-1)?.steps.push(step);
    if (event.activityTaskScheduledEventAttributes?.activityType?.name === 'contain' && !script.stop)
      script.stop = idOf(event.eventId);
    const completed = event.workflowExecutionCompletedEventAttributes;
    if (completed) script.resultBytes = bytesOf(completed.result);
  }
  return script;
}
