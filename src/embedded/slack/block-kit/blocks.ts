import { z } from 'zod';
import { Accessory, ActionsElement, ImageElement, InputElement } from './elements.ts';
import type { Element } from './elements.ts';
import { anyText, mrkdwn, plainText } from './objects.ts';

/** The block types the stand-in knows, with Slack's limits (docs.slack.dev/reference/block-kit/blocks). */

const common = { block_id: z.string().min(1).max(255).optional() };

const Section = z
  .strictObject({
    type: z.literal('section'),
    ...common,
    text: anyText(3_000).optional(),
    fields: z.array(anyText(2_000)).min(1).max(10).optional(),
    accessory: Accessory.optional(),
    expand: z.boolean().optional(),
  })
  .check((section) => {
    if (section.value.text === undefined && section.value.fields === undefined) {
      section.issues.push({
        code: 'custom',
        input: section.value,
        message: 'must define either `fields` or `text`',
      });
    }
  });

const Header = z.strictObject({ type: z.literal('header'), ...common, text: plainText(150) });
const Divider = z.strictObject({ type: z.literal('divider'), ...common });

const Context = z.strictObject({
  type: z.literal('context'),
  ...common,
  elements: z
    .array(z.discriminatedUnion('type', [plainText(3_000), mrkdwn(3_000), ImageElement]))
    .min(1)
    .max(10),
});

const Actions = z.strictObject({
  type: z.literal('actions'),
  ...common,
  elements: z.array(ActionsElement).min(1).max(25),
});

const Input = z.strictObject({
  type: z.literal('input'),
  ...common,
  label: plainText(2_000),
  element: InputElement,
  dispatch_action: z.boolean().optional(),
  hint: plainText(2_000).optional(),
  optional: z.boolean().optional(),
});

const Image = z.strictObject({
  type: z.literal('image'),
  ...common,
  image_url: z.string().min(1).max(3_000),
  alt_text: z.string().min(1).max(2_000),
  title: plainText(2_000).optional(),
});

const Style = z.strictObject({
  bold: z.boolean().optional(),
  italic: z.boolean().optional(),
  strike: z.boolean().optional(),
  code: z.boolean().optional(),
});

export const RichTextPiece = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), style: Style.optional() }),
  z.strictObject({
    type: z.literal('link'),
    url: z.string().min(1),
    text: z.string().optional(),
    style: Style.optional(),
  }),
  z.strictObject({ type: z.literal('user'), user_id: z.string().min(1), style: Style.optional() }),
  z.strictObject({ type: z.literal('emoji'), name: z.string().min(1), unicode: z.string().optional() }),
]);
export type RichTextPiece = z.infer<typeof RichTextPiece>;

const RichTextSection = z.strictObject({
  type: z.literal('rich_text_section'),
  elements: z.array(RichTextPiece),
});

const RichText = z.strictObject({
  type: z.literal('rich_text'),
  ...common,
  elements: z
    .array(
      z.discriminatedUnion('type', [
        RichTextSection,
        z.strictObject({ type: z.literal('rich_text_quote'), elements: z.array(RichTextPiece) }),
        z.strictObject({ type: z.literal('rich_text_preformatted'), elements: z.array(RichTextPiece) }),
        z.strictObject({
          type: z.literal('rich_text_list'),
          style: z.enum(['bullet', 'ordered']),
          elements: z.array(RichTextSection),
          indent: z.int().min(0).max(8).optional(),
        }),
      ]),
    )
    .min(1),
});

/** Standard Markdown; in messages only, 12,000 characters over all such blocks of a message. */
const Markdown = z.strictObject({
  type: z.literal('markdown'),
  ...common,
  text: z.string().min(1).max(12_000),
});

export const Block = z.discriminatedUnion('type', [
  Section,
  Header,
  Divider,
  Context,
  Actions,
  Input,
  Image,
  RichText,
  Markdown,
]);
export type Block = z.infer<typeof Block>;

/** The interactive elements of a block, in the order shown. */
export function elementsOf(block: Block): Element[] {
  if (block.type === 'actions') return block.elements;
  if (block.type === 'input') return [block.element];
  if (block.type === 'section' && block.accessory !== undefined && block.accessory.type !== 'image') {
    return [block.accessory];
  }
  return [];
}
