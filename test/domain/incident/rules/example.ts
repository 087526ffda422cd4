import type { Actor } from '../../../../src/domain/incident/actor.ts';
import type { CommandType } from '../../../../src/domain/incident/command.ts';
import type { Verdict } from '../../../../src/domain/incident/decide.ts';
import type { DecisionTable } from '../../../../src/domain/incident/decisions/table.ts';
import type { RefusalCode } from '../../../../src/domain/incident/refusal.ts';
import type { Story, Words } from '../story.ts';

/** A command that one rule refuses, on a state that real commands made. */
export interface Example {
  type: CommandType;
  code: RefusalCode;
  /** Which of the decision's rules with this code, counted from 1. */
  nth: number;
  decide(table?: DecisionTable): Verdict;
}

/** `life` brings the incident to where the rule speaks; `words` may read the state it made. */
export function refused<T extends CommandType>(
  type: T,
  code: RefusalCode,
  by: Actor,
  life: () => Story,
  words: Words<T> | ((life: Story) => Words<T>),
  nth = 1,
): Example {
  return {
    type,
    code,
    nth,
    decide: (table) => {
      const lived = life();
      return lived.ask(type, by, typeof words === 'function' ? words(lived) : words, table);
    },
  };
}
