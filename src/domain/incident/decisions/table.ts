import type { Command, CommandOf, CommandType } from '../command.ts';
import type { Fact } from '../event.ts';
import type { RefusalCode } from '../refusal.ts';
import type { IncidentState } from '../state.ts';

/** A reason to refuse. The first rule that a command breaks is the answer. */
export interface Rule<C extends Command = Command> {
  code: RefusalCode;
  breaks(state: IncidentState, command: C): boolean;
  /** What goes in the place of `{detail}`. */
  detail?(state: IncidentState, command: C): string;
}

/**
 * Who may give a command: the engine (results of activities), a person with the responder role, an approver (checked
 * against the snapshot), or whoever posts alerts.
 */
export type Giver = 'engine' | 'responder' | 'approver' | 'source' | 'engine-or-responder';

export interface Decision<T extends CommandType> {
  type: T;
  by: Giver;
  rules: Rule<CommandOf<T>>[];
  facts: (state: IncidentState, command: CommandOf<T>) => Fact[];
}

export type DecisionTable<T extends CommandType = CommandType> = { [K in T]: Decision<K> };

/** Reads aloud: a command, who may give it, the reasons to refuse, and what happens. */
export const decision = <T extends CommandType>(
  type: T,
  by: Giver,
  rules: Rule<CommandOf<T>>[],
  facts: Decision<T>['facts'],
): Decision<T> => ({ type, by, rules, facts });

export const own = <V>(record: Record<string, V>, key: string): V | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
