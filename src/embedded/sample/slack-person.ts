import { z } from 'zod';

const TextObject = z.looseObject({ text: z.string() });
const Element = z.looseObject({
  type: z.string(),
  text: TextObject.optional(),
  action_id: z.string().optional(),
  style: z.string().optional(),
});
const Block = z.looseObject({
  type: z.string(),
  block_id: z.string().optional(),
  text: TextObject.optional(),
  label: TextObject.optional(),
  optional: z.boolean().optional(),
  element: Element.optional(),
  accessory: Element.optional(),
  elements: z.array(z.looseObject({})).optional(),
});
export type Block = z.infer<typeof Block>;
const Message = z.looseObject({
  ts: z.string(),
  blocks: z.array(Block),
  author: z.looseObject({ isApp: z.boolean() }),
});
const View = z.looseObject({
  id: z.string(),
  title: z.string(),
  submit: z.string().nullable(),
  blocks: z.array(Block),
  errors: z.record(z.string(), z.string()),
});
export type View = z.infer<typeof View>;
const Acted = z.looseObject({
  ok: z.boolean().optional(),
  error: z.string().nullable().optional(),
  errors: z.record(z.string(), z.string()).default({}),
  view: View.nullable().default(null),
});

export interface SeenButton {
  label: string;
  blockId: string;
  actionId: string;
  isPrimary: boolean;
  /** The words beside it. */
  beside: string;
}

/** Everything in a block that a person can read. */
const wordsOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(wordsOf).filter(Boolean).join(' ');
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, inner]) => (key === 'text' && typeof inner === 'string' ? inner : wordsOf(inner)))
    .filter(Boolean)
    .join(' ');
};
export const readAll = (blocks: Block[]): string => blocks.map(wordsOf).join('\n');

export function buttonsIn(blocks: Block[]): SeenButton[] {
  return blocks.flatMap((block) =>
    [...(block.elements ?? []), ...(block.accessory ? [block.accessory] : [])].flatMap((raw) => {
      const element = Element.safeParse(raw);
      if (!element.success || element.data.type !== 'button') return [];
      const { text, action_id: actionId = '', style } = element.data;
      const beside = block.text?.text ?? '';
      return [
        {
          label: text?.text ?? '',
          blockId: block.block_id ?? '',
          actionId,
          isPrimary: style === 'primary',
          beside,
        },
      ];
    }),
  );
}

/** One person of the stand-in, through its HTTP interface: sees what Slack would show and presses what is there. */
export class SlackPerson {
  taps = 0;
  wordsTyped = 0;
  readonly name: string;
  private readonly base: string;

  constructor(standInUrl: string, name: string, userId: string) {
    this.name = name;
    this.base = `${standInUrl}/stand-in/people/${userId}`;
  }

  async messages(channel: string): Promise<z.infer<typeof Message>[]> {
    const answer = await fetch(`${this.base}/messages?channel=${encodeURIComponent(channel)}`);
    return z.object({ messages: z.array(Message) }).parse(await answer.json()).messages;
  }

  async view(): Promise<View | null> {
    const answer = await fetch(`${this.base}/view`);
    return z.object({ view: View.nullable() }).parse(await answer.json()).view;
  }

  async press(channel: string, ts: string, { actionId, blockId }: SeenButton): Promise<View | null> {
    this.taps += 1;
    return (await this.act('click', { channel, ts, actionId, blockId })).view;
  }

  /** Fills and submits; what the fields say when it was refused, or null. */
  async submit(view: View, values: Record<string, string | string[]>): Promise<string | null> {
    this.taps += 1;
    this.wordsTyped += Object.values(values).flat().join(' ').split(/\s+/).filter(Boolean).length;
    const { errors, error } = await this.act('submit', { view: view.id, values });
    const said = Object.values(errors);
    return error ?? (said.length > 0 ? said.join(' ') : null);
  }

  async closeAll(view: View): Promise<void> {
    await this.act('close', { view: view.id, all: true });
  }

  private async act(name: string, body: unknown): Promise<z.infer<typeof Acted>> {
    const answer = await fetch(`${this.base}/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return Acted.parse(await answer.json());
  }
}
