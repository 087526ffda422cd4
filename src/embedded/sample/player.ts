import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { CHANNELS, PEOPLE } from '../slack/sample-workspace.ts';
import { type Block, buttonsIn, readAll, type SeenButton, SlackPerson, type View } from './slack-person.ts';

interface Card {
  ts: string;
  blocks: Block[];
  words: string;
  buttons: SeenButton[];
}

type Values = Record<string, string | string[]>;
type Fill = (view: View, card: Card, pressed: SeenButton) => Values | Promise<Values>;

/** What a person does when the card offers a button: who presses it, and what they fill in. */
export interface Habit {
  button: RegExp;
  people: (keyof Cast)[];
  primaryOnly?: boolean;
  fill?: Fill;
}

interface Cast {
  ana: SlackPerson;
  ben: SlackPerson;
  chidi: SlackPerson;
}

/** Free text for each required field that is still empty; choices keep what the engine suggests. */
const text =
  (words: string): Fill =>
  (view) =>
    Object.fromEntries(
      view.blocks
        .filter(
          (block) => block.type === 'input' && !block.optional && block.element?.type === 'plain_text_input',
        )
        .filter((block) => !('initial_value' in (block.element ?? {})))
        .map((block) => [block.block_id ?? '', words]),
    );

/** The card says how many actions there are; the modal asks to type it. */
const signature: Fill = (view, _card, pressed) => {
  const count = /([\d,]+) actions?/.exec(pressed.beside)?.[1]?.replaceAll(',', '') ?? '';
  const asksCount = view.blocks.some((block) => block.element?.type === 'number_input');
  if (!asksCount) return {};
  return {
    'Type the number of actions you sign': count,
    Reason: 'The plan names every applicant and what each of them gets.',
  };
};

const factors: [string, string][] = [
  [
    'Tool contract',
    'The income provider renamed a field without notice, and nothing checked the shape of its answer.',
  ],
  [
    'Prompt design',
    'The prompt does not say what to do when a figure is missing, so the model took it for zero.',
  ],
  ['Eval coverage', 'No eval covered an answer of another shape.'],
];

/** The choices of a field, as a person reads them. */
const optionsIn = (view: View, blockId: string): string[] => {
  const element = view.blocks.find((block) => block.block_id === blockId)?.element;
  const options = z
    .array(z.looseObject({ text: z.looseObject({ text: z.string() }) }))
    .safeParse(element?.['options']);
  return options.success ? options.data.map(({ text: { text: label } }) => label) : [];
};

const postmortem: Fill = (view) => {
  const values: Record<string, string | string[]> = {};
  factors.forEach(([kind, words], i) => {
    if (!view.blocks.some((block) => block.block_id === `factor_kind_${i}`)) return;
    values[`factor_kind_${i}`] = kind;
    values[`factor_text_${i}`] = words;
  });
  const known = /(\d+) of at least/.exec(readAll(view.blocks))?.[1];
  if (Number(known) >= factors.length) for (const key of Object.keys(values)) delete values[key];
  for (const id of ['attest', 'final']) {
    const [first] = optionsIn(view, id);
    if (first) values[id] = [first];
  }
  values['gap_kind'] = 'An anomaly flag would have caught it';
  values['gap_text'] =
    'A check of the shape of each tool answer would have stopped the agent at the first renamed field.';
  return values;
};

/** In the order a person would take them. The engine's suggestions are confirmed as they stand, never corrected. */
const habits: Habit[] = [
  { button: /^Acknowledge$/, people: ['ana'] },
  { button: /^Take it over$/, people: ['ana'], fill: text('Its process is gone; I looked.') },
  { button: /^First action done$/, people: ['ana'], fill: text('The downstream systems were looked at.') },
  { button: /^Confirm: /, people: ['ana'] },
  { button: /^Choose the mode$/, people: ['ana'], primaryOnly: true, fill: text('Nothing of note.') },
  { button: /^Choose the origin$/, people: ['ana'] },
  { button: /^Confirm the path$/, people: ['ana'] },
  {
    button: /^Write plan: /,
    people: ['ana'],
    fill: text(
      'Write to each applicant today that the decision was wrong, and decide again with the income read from the registry.',
    ),
  },
  { button: /^Review & sign$/, people: ['ben', 'chidi'], fill: signature },
  {
    button: /^Record result: /,
    people: ['ana'],
    fill: text('Every applicant was written to; the applications are decided again by a person.'),
  },
  { button: /^Postmortem$/, people: ['ana'], primaryOnly: true, fill: postmortem },
  {
    button: /^Release the agent$/,
    people: ['ana'],
    fill: text('The tool contract is checked now, and the field is mapped.'),
  },
  { button: /^Request close$/, people: ['ana'], primaryOnly: true },
];

/** One signature is enough for most; the card says when two are needed. */
const peopleFor = ({ people }: Habit, { beside }: SeenButton): Habit['people'] =>
  / of 1 signature/.test(beside) ? people.slice(0, 1) : people;

const POLL_MS = 150;

/** Plays the on-call people of the sample through the stand-in: only what Slack shows, only signed requests. */
export class Player {
  readonly cast: Cast;
  private readonly say: (line: string) => void;
  private readonly incidentId: string;
  private readonly signal: AbortSignal;
  private readonly habits: readonly Habit[];
  private readonly patienceMs: number;
  tapsToFirstDecision: number | null = null;

  constructor(input: {
    standInUrl: string;
    incidentId: string;
    say: (line: string) => void;
    signal: AbortSignal;
    /** What people do before they do the usual. */
    habits?: readonly Habit[];
    /** The card may stand still for so long. Default a minute. */
    patienceMs?: number;
  }) {
    const person = (name: string, id: string) => new SlackPerson(input.standInUrl, name, id);
    this.cast = {
      ana: person('Ana', PEOPLE.ana),
      ben: person('Ben', PEOPLE.ben),
      chidi: person('Chidi', PEOPLE.chidi),
    };
    this.say = input.say;
    this.incidentId = input.incidentId;
    this.signal = input.signal;
    this.patienceMs = input.patienceMs ?? 60_000;
    this.habits = [...(input.habits ?? []), ...habits];
  }

  get taps(): number {
    return Object.values(this.cast).reduce((sum: number, person: SlackPerson) => sum + person.taps, 0);
  }

  get wordsTyped(): number {
    return Object.values(this.cast).reduce((sum: number, person: SlackPerson) => sum + person.wordsTyped, 0);
  }

  /** The newest message with this incident's id on it: its card. */
  private async card(): Promise<Card | null> {
    const messages = await this.cast.ana.messages(CHANNELS.incidents);
    const mine = messages
      .map(({ ts, blocks }) => ({ ts, blocks, words: readAll(blocks), buttons: buttonsIn(blocks) }))
      .filter(({ words }) => words.includes(this.incidentId) && /SEV\d|Sev ?\d|·/i.test(words));
    return mine.find(({ blocks }) => blocks[0]?.type === 'header') ?? null;
  }

  /** Until the card is frozen; throws when nothing moves for too long. */
  async play(): Promise<void> {
    let movedAt = Date.now();
    let last = '';
    for (;;) {
      this.signal.throwIfAborted();
      const card = await this.card();
      if (card && card.words !== last) [last, movedAt] = [card.words, Date.now()];
      if (card && card.buttons.length === 0 && /closed/i.test(card.words)) return;
      if (card && (await this.oneDecision(card))) movedAt = Date.now();
      if (Date.now() - movedAt > this.patienceMs)
        throw new Error(
          `nothing on the card leads on: ${card ? card.buttons.map(({ label }) => label).join(', ') : 'no card'}`,
        );
      await pause(POLL_MS);
    }
  }

  private readonly tried = new Map<string, number>();

  private async oneDecision(card: Card): Promise<boolean> {
    for (const habit of this.habits) {
      const buttons = card.buttons.filter(
        ({ label, isPrimary }) => habit.button.test(label) && (!habit.primaryOnly || isPrimary),
      );
      for (const button of buttons) {
        for (const who of peopleFor(habit, button))
          if (await this.decide(this.cast[who], habit, button, card)) return true;
      }
    }
    return false;
  }

  private async decide(person: SlackPerson, habit: Habit, button: SeenButton, card: Card): Promise<boolean> {
    const key = `${person.name} ${button.label} ${button.beside.replaceAll(/<!date.*?>|in \d+ \w+/g, '')}`;
    const triedAt = this.tried.get(key) ?? 0;
    if (Date.now() - triedAt < 4_000) return false;
    this.tried.set(key, Date.now());
    const said = await this.answer(person, habit, button, card);
    this.say(`${person.name} pressed "${button.label}"${said ? `, and reads: ${said}` : ''}`);
    if (!said && /^(Confirm|Choose)/.test(button.label)) this.tapsToFirstDecision ??= this.taps;
    return said === null;
  }

  /** Presses; fills the modal that opens. What the person reads when it was refused, else null. */
  private async answer(
    person: SlackPerson,
    habit: Habit,
    button: SeenButton,
    card: Card,
  ): Promise<string | null> {
    await person.press(CHANNELS.incidents, card.ts, button);
    if (!habit.fill && !/^(Choose|Confirm the)/.test(button.label)) return null;
    const view = await this.filled(person);
    if (!view) return 'no form opened';
    if (!view.submit) {
      await person.closeAll(view);
      return view.title;
    }
    const said = await person.submit(view, (await habit.fill?.(view, card, button)) ?? {});
    const left = await person.view();
    if (left) await person.closeAll(left);
    return said;
  }

  /** A modal opens at once and is filled a moment later. */
  private async filled(person: SlackPerson): Promise<View | null> {
    for (const deadline = Date.now() + 3_000; Date.now() < deadline; await pause(50)) {
      const view = await person.view();
      if (view && !/loading/i.test(readAll(view.blocks))) return view;
    }
    return person.view();
  }
}
