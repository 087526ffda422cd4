import type { KnownBlock, ModalView } from '@slack/types';

/** Blocks like those of an incident, with hostile text from a trace in them. */
export function card(nowS: number): KnownBlock[] {
  return [
    {
      type: 'header',
      text: { type: 'plain_text', text: ':rotating_light: Loan agent declines valid applications' },
    },
    {
      type: 'section',
      text: {
        type: 'mrkdwn',
        text:
          '*First action:* audit the application store now. Owner <@U0ANARUIZ00>, ' +
          `opened <!date^${nowS}^{date_short_pretty} at {time}|earlier>. See <https://example.com/run|the run>.`,
      },
    },
    {
      type: 'section',
      fields: [
        { type: 'mrkdwn', text: '*Containment*\nconfirmed in 4 s' },
        { type: 'mrkdwn', text: '*Blast radius*\n12 reversible, 12 irreversible' },
        { type: 'mrkdwn', text: '*Fault origin*\nstep 3, `income` was renamed' },
        { type: 'mrkdwn', text: '*Failure mode*\ntool misfire (margin 0.4)' },
      ],
    },
    { type: 'divider' },
    {
      type: 'section',
      block_id: 'hostile',
      text: { type: 'plain_text', text: '<img src=x onerror=alert(1)> *not bold* <!channel>' },
    },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'Sealed · 25 steps · `sha256 9f2c…`' }] },
    {
      type: 'actions',
      block_id: 'decide',
      elements: [
        {
          type: 'button',
          action_id: 'review',
          style: 'primary',
          text: { type: 'plain_text', text: 'Review & sign' },
          value: 'request-1|digest',
        },
        {
          type: 'button',
          action_id: 'deny',
          style: 'danger',
          text: { type: 'plain_text', text: 'Deny' },
          value: 'request-1|digest',
          confirm: {
            title: { type: 'plain_text', text: 'Deny this request?' },
            text: { type: 'plain_text', text: 'The reversals will not run.' },
            confirm: { type: 'plain_text', text: 'Deny' },
            deny: { type: 'plain_text', text: 'Back' },
          },
        },
        {
          type: 'static_select',
          action_id: 'severity',
          placeholder: { type: 'plain_text', text: 'Severity' },
          options: ['SEV1', 'SEV2', 'SEV3'].map((text) => ({
            text: { type: 'plain_text', text },
            value: text,
          })),
        },
      ],
    },
  ];
}

export function loading(): ModalView {
  return {
    type: 'modal',
    callback_id: 'sign',
    title: { type: 'plain_text', text: 'Sign off' },
    blocks: [{ type: 'section', text: { type: 'plain_text', text: 'Loading…' } }],
  };
}

/** Every kind of input the stand-in knows, in one modal. */
export function everyInput(): ModalView {
  const options = ['One', 'Two', 'Three'].map((text) => ({
    text: { type: 'plain_text' as const, text },
    value: `v-${text}`,
  }));
  const label = (text: string) => ({ type: 'plain_text' as const, text });
  return {
    type: 'modal',
    callback_id: 'sign',
    private_metadata: 'request-1',
    title: label('Sign off'),
    submit: label('Sign'),
    close: label('Not now'),
    blocks: [
      {
        type: 'input',
        block_id: 'actions',
        label: label('Actions to reverse'),
        element: { type: 'checkboxes', action_id: 'ticked', options },
      },
      {
        type: 'input',
        block_id: 'reason',
        label: label('Reason'),
        hint: label('Will be kept with the decision'),
        element: { type: 'plain_text_input', action_id: 'text', multiline: true, min_length: 5 },
      },
      {
        type: 'input',
        block_id: 'count',
        label: label('Type the number of actions'),
        element: { type: 'number_input', action_id: 'typed', is_decimal_allowed: false },
      },
      {
        type: 'input',
        block_id: 'mode',
        label: label('Failure mode'),
        element: { type: 'static_select', action_id: 'picked', options },
      },
      {
        type: 'input',
        block_id: 'kinds',
        optional: true,
        label: label('Kinds'),
        element: { type: 'multi_static_select', action_id: 'picked', options },
      },
      {
        type: 'input',
        block_id: 'owner',
        label: label('Owner'),
        element: { type: 'users_select', action_id: 'picked' },
      },
      {
        type: 'input',
        block_id: 'told',
        optional: true,
        label: label('Also tell'),
        element: { type: 'multi_users_select', action_id: 'picked' },
      },
      {
        type: 'input',
        block_id: 'sure',
        label: label('How sure?'),
        element: { type: 'radio_buttons', action_id: 'picked', options },
      },
      {
        type: 'input',
        block_id: 'day',
        optional: true,
        label: label('Day'),
        element: { type: 'datepicker', action_id: 'picked' },
      },
    ],
  };
}
