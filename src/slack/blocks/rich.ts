import type { KnownBlock, RichTextSection, RichTextElement } from '@slack/types';
import { slackUserOf } from '../people.ts';
import { outside } from './text.ts';

/**
 * Rich text carries words from outside without any markup being read in them, beside our own in bold: no escaping,
 * no links, no mentions but those we make.
 */
export type Piece = RichTextElement;
export type Line = Piece[];

export const word = (text: string): Piece => ({ type: 'text', text });
export const bold = (text: string): Piece => ({ type: 'text', text, style: { bold: true } });
/** Words from outside (a trace, an alert, a person), as they are, one line. */
export const quote = (text: string, max = 300): Piece => ({ type: 'text', text: outside(text, max) });
/** A value from outside in code letters: a target, an argument, an id. */
export const value = (text: string, max = 300): Piece => ({
  type: 'text',
  text: outside(text, max),
  style: { code: true },
});

/** Words of the engine with values from outside between backticks: those in code letters, no other markup. */
export const coded = (text: string, max = 300): Line =>
  outside(text, max)
    .split('`')
    .map((part, i): Piece => ({
      type: 'text',
      text: part,
      ...(i % 2 === 1 ? { style: { code: true } } : {}),
    }))
    .filter((piece) => piece.type !== 'text' || piece.text !== '');

/** A person by their Slack id, so that Slack shows the name; anybody else by name or id. */
export function person(id: string, names: Readonly<Record<string, string>> = {}): Piece {
  const slackUser = slackUserOf(id);
  return slackUser ? { type: 'user', user_id: slackUser } : quote(names[id] ?? id, 80);
}

/** People with commas between. */
export const people = (ids: readonly string[], names: Readonly<Record<string, string>> = {}): Line =>
  ids.flatMap((id, i) => (i === 0 ? [person(id, names)] : [word(', '), person(id, names)]));

/** Slack refuses empty text; what is empty is left out. */
function section(line: Line): RichTextSection {
  const elements = line.filter((piece) => piece.type !== 'text' || piece.text !== '');
  return { type: 'rich_text_section', elements: elements.length > 0 ? elements : [word(' ')] };
}

/** One paragraph a line. */
export const paragraphs = (lines: Line[]): KnownBlock => ({
  type: 'rich_text',
  elements: lines.map((line, i) => section(i < lines.length - 1 ? [...line, word('\n')] : line)),
});

/** A bullet a line. */
export const bullets = (lines: Line[]): KnownBlock => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_list', style: 'bullet', elements: lines.map(section) }],
});

/** `Label: words`, the label in bold. */
export const row = (label: string, ...line: Line): Line => [bold(`${label}: `), ...line];
