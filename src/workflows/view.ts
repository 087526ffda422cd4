import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { checklistOf } from '../domain/incident/checklist.ts';
import { phaseOf, type Phase } from '../domain/incident/phase.ts';
import type { Desk } from './desk.ts';

const PHASE = defineSearchAttributeKey('HoldpointPhase', 'KEYWORD');
const MODE = defineSearchAttributeKey('HoldpointMode', 'KEYWORD');
const STATUS = defineSearchAttributeKey('HoldpointStatus', 'KEYWORD');
const AGENT = defineSearchAttributeKey('HoldpointAgent', 'KEYWORD');

/** Makes Temporal's own UI readable: phase and mode as search attributes, the checklist as details. */
export async function showPhase(desk: Desk): Promise<void> {
  let shown: Phase | null = null;
  for (;;) {
    await desk.until(() => phaseOf(desk.state) !== shown);
    shown = phaseOf(desk.state);
    show(desk, shown);
  }
}

function show({ state, start }: Desk, phase: Phase): void {
  const items = checklistOf(state).map(({ item, proven }) => `- [${proven ? 'x' : ' '}] ${item}`);
  setCurrentDetails([`**${state.agent}**: ${phase}`, ...items].join('\n'));
  if (!start.settings.searchAttributes) return;
  upsertSearchAttributes([
    { key: AGENT, value: state.agent.slice(0, 200) },
    { key: PHASE, value: phase },
    { key: STATUS, value: state.status },
    { key: MODE, value: state.mode.confirmed ?? state.mode.suggested ?? 'unknown' },
  ]);
}
