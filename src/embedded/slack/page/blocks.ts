import { html, raw } from 'hono/html';
import type { Block, RichTextPiece } from '../block-kit/blocks.ts';
import { elementHtml, textHtml } from './elements.ts';
import type { Drawing, Html } from './elements.ts';
import { markdownHtml } from './markdown.ts';
import { escapeHtml, linkHtml, plainHtml } from './mrkdwn.ts';
import { withEmoji } from './emoji.ts';

/** The blocks of a message or view, about as Slack draws them. */
export function blocksHtml(drawing: Drawing, blocks: Block[]): Html {
  return html`${blocks.map((block) => blockHtml(drawing, block))}`;
}

function blockHtml(drawing: Drawing, block: Block): Html {
  const { reader } = drawing;
  const blockId = block.block_id ?? '';
  switch (block.type) {
    case 'divider':
      return html`<hr class="bk-divider" />`;
    case 'header':
      return html`<h3 class="bk-header">${textHtml(block.text, reader)}</h3>`;
    case 'section':
      return sectionHtml(drawing, block);
    case 'context':
      return html`<div class="bk-context">
        ${block.elements.map((part) =>
          part.type === 'image'
            ? html`<span class="bk-image-note">${part.alt_text}</span>`
            : html`<span>${textHtml(part, reader)}</span>`,
        )}
      </div>`;
    case 'actions':
      return html`<div class="bk-actions">
        ${block.elements.map((element) => elementHtml(drawing, blockId, element, true))}
      </div>`;
    case 'input':
      return inputHtml(drawing, block);
    case 'image':
      return html`<figure class="bk-image">
        ${block.title === undefined ? '' : html`<figcaption>${block.title.text}</figcaption>`}
        <span class="bk-image-note">Picture: ${block.alt_text}</span>
      </figure>`;
    case 'markdown':
      return html`<div class="bk-markdown">${raw(markdownHtml(block.text))}</div>`;
    case 'rich_text':
      return html`<div class="bk-rich">
        ${raw(block.elements.map((part) => richHtml(drawing, part)).join(''))}
      </div>`;
    default:
      return block satisfies never;
  }
}

function sectionHtml(drawing: Drawing, section: Extract<Block, { type: 'section' }>): Html {
  const { accessory, fields, text } = section;
  return html`<div class="bk-section">
    <div class="bk-section-text">
      ${text === undefined ? '' : html`<div>${textHtml(text, drawing.reader)}</div>`}
      ${
        fields === undefined
          ? ''
          : html`<div class="bk-fields">
              ${fields.map((field) => html`<div>${textHtml(field, drawing.reader)}</div>`)}
            </div>`
      }
    </div>
    ${
      accessory === undefined
        ? ''
        : accessory.type === 'image'
          ? html`<span class="bk-image-note">${accessory.alt_text}</span>`
          : elementHtml(drawing, section.block_id ?? '', accessory, true)
    }
  </div>`;
}

function inputHtml(drawing: Drawing, input: Extract<Block, { type: 'input' }>): Html {
  const blockId = input.block_id ?? '';
  const error = drawing.errors[blockId];
  return html`<div class="bk-input ${error === undefined ? '' : 'wrong'}">
    <div class="bk-label">
      ${raw(plainHtml(input.label.text))}
      ${input.optional === true ? html`<span class="optional">(optional)</span>` : ''}
    </div>
    ${elementHtml(drawing, blockId, input.element, input.dispatch_action === true)}
    ${error === undefined ? '' : html`<p class="bk-error" role="alert">${error}</p>`}
    ${input.hint === undefined ? '' : html`<p class="bk-hint">${raw(plainHtml(input.hint.text))}</p>`}
  </div>`;
}

type RichPart = Extract<Block, { type: 'rich_text' }>['elements'][number];

function richHtml(drawing: Drawing, part: RichPart): string {
  if (part.type === 'rich_text_list') {
    const tag = part.style === 'ordered' ? 'ol' : 'ul';
    const items = part.elements.map((item) => `<li>${piecesHtml(drawing, item.elements)}</li>`).join('');
    return `<${tag}>${items}</${tag}>`;
  }
  const inside = piecesHtml(drawing, part.elements);
  if (part.type === 'rich_text_preformatted') return `<pre>${inside}</pre>`;
  return part.type === 'rich_text_quote' ? `<blockquote>${inside}</blockquote>` : `<p>${inside}</p>`;
}

function piecesHtml(drawing: Drawing, pieces: RichTextPiece[]): string {
  return pieces.map((piece) => styled(piece, pieceHtml(drawing, piece))).join('');
}

function pieceHtml(drawing: Drawing, piece: RichTextPiece): string {
  switch (piece.type) {
    case 'text':
      return escapeHtml(piece.text).replaceAll('\n', '<br>');
    case 'link':
      return linkHtml(piece.url, piece.text ?? piece.url);
    case 'emoji':
      return escapeHtml(withEmoji(`:${piece.name}:`));
    case 'user': {
      const name = drawing.reader.userName(piece.user_id) ?? piece.user_id;
      return `<span class="mention">@${escapeHtml(name)}</span>`;
    }
    default:
      return piece satisfies never;
  }
}

function styled(piece: RichTextPiece, inside: string): string {
  if (piece.type === 'emoji' || piece.style === undefined) return inside;
  const tags = { bold: 'strong', italic: 'em', strike: 's', code: 'code' } as const;
  const { style } = piece;
  return (['bold', 'italic', 'strike', 'code'] as const)
    .filter((name) => style[name] === true)
    .reduce((html, name) => `<${tags[name]}>${html}</${tags[name]}>`, inside);
}
