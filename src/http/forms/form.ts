import type { CommandType } from '../../domain/incident/command.ts';

export interface Option {
  value: string;
  label: string;
  /** A second line. */
  hint?: string;
}

/** One field of a form. `name` is the command's own name of it; `value` what stands in it already. */
export type Field =
  | { kind: 'hidden'; name: string; value: string }
  | { kind: 'line' | 'lines'; name: string; label: string; required: boolean; value?: string; hint?: string }
  | {
      kind: 'number';
      name: string;
      label: string;
      required: boolean;
      min: number;
      max?: number;
      hint?: string;
    }
  | { kind: 'choice'; name: string; label: string; required: boolean; options: Option[]; value?: string }
  | { kind: 'ticks'; name: string; label: string; options: Option[] };

/** A decision that a person can take on a page: the same command that Slack's buttons give. */
export interface DecisionForm {
  /** Unique on a page. */
  id: string;
  type: CommandType;
  title: string;
  /** What stands on its button. */
  submit: string;
  style: 'primary' | 'danger' | 'plain';
  /** Sentences to read before deciding. */
  explain: string[];
  fields: Field[];
}

/** Most characters of a person's words (domain: `Prose`). */
export const MOST_WORDS = 3_000;

type FormWords = Omit<DecisionForm, 'id' | 'style' | 'explain'> &
  Partial<Pick<DecisionForm, 'id' | 'style' | 'explain'>>;

export const form = (words: FormWords): DecisionForm => ({
  id: words.type,
  style: 'plain',
  explain: [],
  ...words,
});

export const hidden = (name: string, value: string): Field => ({ kind: 'hidden', name, value });
export const reason = (label: string, required = true): Field => ({
  kind: 'lines',
  name: 'reason',
  label,
  required,
});

/** The forms of an incident's page, in the order a person needs them. */
export interface Decisions {
  /** What the incident waits for. */
  wanted: DecisionForm[];
  /** What can always be done: notes, severity, ownership, endings. */
  always: DecisionForm[];
}
