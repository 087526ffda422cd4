import { checkBlocks } from '../../../src/embedded/slack/block-kit/validate.ts';
import { checkHome, checkModal } from '../../../src/embedded/slack/block-kit/view.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (more: object = {}) => ({ type: 'button', action_id: 'go', text: plain('Go'), ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const options = (many: number) =>
  Array.from({ length: many }, (_, index) => ({ text: plain(`Option ${index}`), value: `v${index}` }));
const select = (more: object) => actions({ type: 'static_select', action_id: 's', ...more });
const input = (element: object) => ({ type: 'input', block_id: 'i', label: plain('L'), element });
const long = (chars: number) => 'x'.repeat(chars);

describe('blocks within Slack’s limits', () => {
  it.each<[string, unknown[]]>([
    ['50 blocks', Array.from({ length: 50 }, () => ({ type: 'divider' }))],
    ['a section of 3,000 characters', [section(long(3_000))]],
    ['25 buttons', [actions(...Array.from({ length: 25 }, (_, i) => button({ action_id: `a${i}` })))]],
    ['100 options', [select({ options: options(100) })]],
    ['a value of 2,000', [actions(button({ value: long(2_000) }))]],
    ['the same action_id in two blocks', [actions(button()), actions(button())]],
    ['one markdown block of 12,000', [{ type: 'markdown', text: long(12_000) }]],
  ])('takes %s', (_, blocks) => {
    expect(checkBlocks(blocks, 'message', '/blocks')).toMatchObject({ ok: true });
  });

  it('names every block and element that came without a name', () => {
    const checked = checkBlocks([actions({ ...button(), action_id: undefined })], 'message', '/blocks');
    expect(checked).toMatchObject({
      ok: true,
      value: [{ block_id: expect.any(String), elements: [{ action_id: expect.any(String) }] }],
    });
  });
});

describe('blocks beyond Slack’s limits', () => {
  const ten = options(11);
  it.each<[string, unknown, string]>([
    [
      '51 blocks',
      Array.from({ length: 51 }, () => ({ type: 'divider' })),
      'no more than 50 items allowed [json-pointer:/blocks]',
    ],
    [
      'a long section',
      [section(long(3_001))],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['an empty text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    [
      'a section without text',
      [{ type: 'section' }],
      'must define either `fields` or `text` [json-pointer:/blocks/0]',
    ],
    [
      'eleven fields',
      [{ type: 'section', fields: Array.from({ length: 11 }, () => plain('f')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a long field',
      [{ type: 'section', fields: [plain(long(2_001))] }],
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      'a long header',
      [{ type: 'header', text: plain(long(151)) }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a header in mrkdwn',
      [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
      'must be one of: plain_text [json-pointer:/blocks/0/text/type]',
    ],
    [
      '26 buttons',
      [actions(...Array.from({ length: 26 }, (_, i) => button({ action_id: `a${i}` })))],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'eleven parts of context',
      [{ type: 'context', elements: Array.from({ length: 11 }, () => plain('c')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a long button',
      [actions(button({ text: plain(long(76)) }))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a long value',
      [actions(button({ value: long(2_001) }))],
      'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'a long action_id',
      [actions(button({ action_id: long(256) }))],
      'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
    ],
    [
      'an unknown property',
      [actions(button({ disabled: true }))],
      'invalid additional property: disabled [json-pointer:/blocks/0/elements/0]',
    ],
    ['an unknown block', [{ type: 'table' }], 'unsupported type [json-pointer:/blocks/0/type]'],
    [
      'a multi-select among actions',
      [actions({ type: 'multi_static_select', options: options(1) })],
      'unsupported type [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'a missing text',
      [actions({ type: 'button', action_id: 'a' })],
      'missing required field: text [json-pointer:/blocks/0/elements/0]',
    ],
    [
      '101 options',
      [select({ options: options(101) })],
      'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'no options at all',
      [select({})],
      'must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'a long option',
      [select({ options: [{ text: plain(long(76)), value: 'v' }] })],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]',
    ],
    [
      'an initial option from elsewhere',
      [select({ options: options(2), initial_option: { text: plain('Other'), value: 'o' } })],
      'initial option is not one of the options [json-pointer:/blocks/0]',
    ],
    [
      'eleven checkboxes',
      [actions({ type: 'checkboxes', options: ten })],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'six overflow options',
      [actions({ type: 'overflow', options: options(6) })],
      'no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'a text input outside an input block',
      [actions({ type: 'plain_text_input' })],
      'unsupported type [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'a button in an input block',
      [input(button())],
      'unsupported type [json-pointer:/blocks/0/element/type]',
    ],
    [
      'a number input without is_decimal_allowed',
      [input({ type: 'number_input' })],
      'missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]',
    ],
    [
      'one block_id twice',
      [
        { type: 'divider', block_id: 'd' },
        { type: 'divider', block_id: 'd' },
      ],
      '`block_id` "d" already exists [json-pointer:/blocks/1/block_id]',
    ],
    [
      'one action_id twice in a block',
      [actions(button(), button())],
      '`action_id` "go" already exists in this block [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'a confirmation with a long title',
      [
        actions(
          button({
            confirm: { title: plain(long(101)), text: plain('t'), confirm: plain('y'), deny: plain('n') },
          }),
        ),
      ],
      'must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
    ],
  ])('refuses %s', (_, blocks, complaint) => {
    expect(checkBlocks(blocks, 'message', '/blocks')).toEqual({
      ok: false,
      error: 'invalid_blocks',
      messages: [`[ERROR] ${complaint}`],
    });
  });

  it('refuses blocks that are no list', () => {
    expect(checkBlocks('[{', 'message', '/blocks')).toMatchObject({ error: 'invalid_blocks_format' });
  });

  it('refuses a message of more than about 13,000 characters, as real Slack was measured to do', () => {
    const of = (chars: number) => [
      section(long(3_000)),
      section(long(3_000)),
      section(long(3_000)),
      section(long(chars)),
    ];
    expect(checkBlocks([...of(3_000), section(long(500))], 'message', '/blocks')).toMatchObject({ ok: true });
    expect(checkBlocks([...of(3_000), section(long(1_300))], 'message', '/blocks')).toMatchObject({
      error: 'msg_blocks_too_long',
    });
    expect(checkBlocks([...of(3_000), section(long(1_300))], 'modal', '/blocks')).toMatchObject({ ok: true });
  });
});

describe('views', () => {
  const modal = (more: object = {}) => ({
    type: 'modal',
    title: plain('Sign'),
    blocks: [section('x')],
    ...more,
  });
  const withInput = [input({ type: 'plain_text_input', action_id: 'a' })];

  it('takes 100 blocks, 24 characters of title, 3,000 of private_metadata', () => {
    const blocks = Array.from({ length: 100 }, () => ({ type: 'divider' }));
    const full = modal({ blocks, title: plain(long(24)), private_metadata: long(3_000) });
    expect(checkModal(full)).toMatchObject({ ok: true });
  });

  it.each<[string, object, string]>([
    [
      'a long title',
      { title: plain(long(25)) },
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    [
      'a long submit',
      { submit: plain(long(25)) },
      'must be less than 25 characters [json-pointer:/view/submit/text]',
    ],
    [
      'long private_metadata',
      { private_metadata: long(3_001) },
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [
      '101 blocks',
      { blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) },
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    ['inputs without submit', { blocks: withInput }, 'missing required field: submit [json-pointer:/view]'],
    [
      'a markdown block',
      { blocks: [{ type: 'markdown', text: 'x' }] },
      'unsupported type: markdown [json-pointer:/view/blocks/0/type]',
    ],
    ['a missing title', { title: undefined }, 'missing required field: title [json-pointer:/view]'],
  ])('refuses %s', (_, more, complaint) => {
    expect(checkModal(modal(more))).toEqual({
      ok: false,
      error: 'invalid_arguments',
      messages: ['[ERROR] failed to match all allowed schemas [json-pointer:/view]', `[ERROR] ${complaint}`],
    });
  });

  it('refuses a view above 250 kB and a modal as Home', () => {
    const blocks = Array.from({ length: 90 }, () => section(long(2_900)));
    expect(checkModal(modal({ blocks }))).toMatchObject({ error: 'view_too_large' });
    expect(checkHome(modal())).toMatchObject({ error: 'invalid_arguments' });
    expect(checkHome({ type: 'home', blocks: withInput })).toMatchObject({ ok: true });
  });
});
