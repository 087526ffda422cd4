import {
  CancellationScope,
  condition,
  defineUpdate,
  patched,
  proxyActivities,
  setHandler,
  sleep,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { Script, Step } from './script.ts';

export const bareUpdate = defineUpdate<string, [string]>('bare');

export interface BareActivities {
  /** Answers so many bytes at once. `key`: which step of the script it is. */
  answer(workflowId: string, key: string, resultBytes: number, padding: string): Promise<string>;
}

/** A JSON text of so many bytes, quotes included. */
const text = (bytes: number): string => 'x'.repeat(Math.max(0, bytes - 2));
const phase = defineSearchAttributeKey('HoldpointPhase', 'KEYWORD');

/** A workflow without a thought of its own: it gives the commands of a recorded run, in the recorded order. */
export const makeBare = (script: Script) =>
  async function bare(_padding: string): Promise<string> {
    const { answer } = proxyActivities<BareActivities>({
      startToCloseTimeout: '45s',
      heartbeatTimeout: '12s',
    });
    const { workflowId } = workflowInfo();
    const done = new Set<string>();
    const timers = new Map<string, CancellationScope>();
    let updates = 0;
    setHandler(bareUpdate, () => {
      const update = updates;
      updates += 1;
      done.add(`update ${update}`);
      return text(script.updates[update]?.resultBytes ?? 2);
    });
    const note = (key: string) => (): void => void done.add(key);
    const give = (step: Step): void => {
      if (step.kind === 'activity')
        void answer(workflowId, step.key, step.resultBytes, text(step.inputBytes - 40)).then(note(step.key));
      if (step.kind === 'timer') {
        const scope = new CancellationScope();
        timers.set(step.key, scope);
        void scope.run(() => sleep(step.ms)).then(note(step.key), () => undefined);
      }
      if (step.kind === 'cancel') timers.get(step.key)?.cancel();
      if (step.kind === 'marker') patched(step.id);
      if (step.kind === 'attributes') upsertSearchAttributes([{ key: phase, value: 'bare' }]);
      if (step.kind === 'child')
        void startChild('bareChild', { args: [text(step.inputBytes)], parentClosePolicy: 'ABANDON' }).then(
          note(step.key),
        );
    };
    for (const { waits, steps } of script.tasks) {
      await condition(() => waits.every((key) => done.has(key)));
      steps.forEach(give);
    }
    return text(script.resultBytes);
  };

/** Stands for a child: one activity and its end. */
export async function bareChild(_padding: string): Promise<void> {
  const { answer } = proxyActivities<BareActivities>({ startToCloseTimeout: '45s', heartbeatTimeout: '12s' });
  await answer(workflowInfo().workflowId, 'child', 100, '');
}

/** Stands for a stop and nothing else. */
export async function bareStop(): Promise<void> {
  const { answer } = proxyActivities<BareActivities>({ startToCloseTimeout: '45s', heartbeatTimeout: '12s' });
  await answer(workflowInfo().workflowId, 'stop', 100, '');
}
