import type { Command, CommandOf, CommandType } from './command.ts';
import { consequencesOf } from './consequences.ts';
import { analysis } from './decisions/analysis.ts';
import { distribution } from './decisions/distribution.ts';
import { mapping } from './decisions/mapping.ts';
import { opening } from './decisions/opening.ts';
import { postmortem } from './decisions/postmortem.ts';
import { reversal } from './decisions/reversal.ts';
import { running } from './decisions/running.ts';
import { signOff } from './decisions/sign-off.ts';
import { suggestion } from './decisions/suggestion.ts';
import type { Decision, DecisionTable, Giver } from './decisions/table.ts';
import { applyFact } from './evolve.ts';
import type { Fact, IncidentEvent } from './event.ts';
import { refusal, type Refusal, type RefusalCode } from './refusal.ts';
import type { IncidentState } from './state.ts';

export type Verdict = { ok: true; events: IncidentEvent[] } | { ok: false; refusal: Refusal };

/** Every decision of an incident's life, a command each. */
export const decisions: DecisionTable = {
  ...opening,
  ...analysis,
  ...suggestion,
  ...mapping,
  ...signOff,
  ...reversal,
  ...postmortem,
  ...distribution,
  ...running,
};

const refuse = (code: RefusalCode, detail?: string): Verdict => ({
  ok: false,
  refusal: refusal(code, detail),
});

function wrongGiver(state: IncidentState, command: Command, giver: Giver): RefusalCode | null {
  const { by } = command;
  if (giver === 'engine') return by.kind === 'engine' ? null : 'engine-only';
  if (giver === 'source') return null;
  if (giver === 'engine-or-responder' && by.kind === 'engine') return null;
  if (by.kind !== 'person') return 'person-only';
  if (giver === 'approver') {
    const known = state.approvers;
    if (!known?.ids || command.at - known.at > state.policy.approversMaxAgeMs) return 'approvers-unknown';
    return known.ids.includes(by.id) ? null : 'not-an-approver';
  }
  return by.roles.includes('responder') || by.roles.includes('approver') ? null : 'not-a-responder';
}

function gate(state: IncidentState, command: Command, giver: Giver): RefusalCode | null {
  if (state.status === 'none' && command.type !== 'receiveAlert') return 'not-open';
  if (state.status !== 'none' && state.status !== 'open') return 'already-ended';
  return wrongGiver(state, command, giver);
}

function numbered(state: IncidentState, command: Command, facts: Fact[]): IncidentEvent[] {
  const { at, by, id: commandId } = command;
  return facts.map((fact, i) => ({ ...fact, seq: state.seq + i + 1, at, by, commandId }));
}

/**
 * Decides one command: the events that happen, or why it is refused. Pure; time and ids come in the command. A
 * command of a person or source that was decided before is accepted again and changes nothing.
 */
export function decide(state: IncidentState, command: Command, table: DecisionTable = decisions): Verdict {
  if (command.by.kind !== 'engine' && state.decided.includes(command.id)) return { ok: true, events: [] };
  const found = table[command.type] as Decision<CommandType>;
  const wrong = gate(state, command, found.by);
  if (wrong) return refuse(wrong);
  const given = command as CommandOf<CommandType>;
  for (const rule of found.rules) {
    if (rule.breaks(state, given)) return refuse(rule.code, rule.detail?.(state, given));
  }
  const facts = found.facts(state, given);
  const after = facts.reduce((next, fact) => applyFact(next, fact, command), state);
  return {
    ok: true,
    events: numbered(state, command, [...facts, ...consequencesOf(state, after, command.at)]),
  };
}
