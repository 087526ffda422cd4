import { z } from 'zod';
import { EndingKind, Id, RunItem } from '../domain/incident/vocabulary.ts';

const Seen = z.string().max(200);

/**
 * What a button means. Its value carries ids and the digest that the person had before them, never authority: the
 * decider knows who may do what. Slack's `action_id` is the name, the `value` the rest.
 */
const shapes = {
  // On the card
  acknowledge: {},
  confirm_all: { seen: Seen },
  confirm_mode: {},
  confirm_origin: {},
  confirm_cascade: {},
  name_session: {},
  first_action: {},
  take_over: {},
  retry_stop: {},
  release: {},
  write_plan: { classId: Id },
  review: { requestId: Id, seen: Seen },
  deny: { requestId: Id, seen: Seen },
  break_glass: { requestId: Id, seen: Seen },
  countersign: { requestId: Id },
  ask_again: { classId: Id },
  remediated: { classId: Id },
  settle_uncertain: { classId: Id },
  classify: { classId: Id },
  postmortem: {},
  checklist: {},
  request_close: {},
  second_ending: {},
  withdraw_ending: {},
  settle_receipt: {},
  more: {},
  // Behind `More`
  note: {},
  severity: {},
  take_ownership: {},
  hand_over: {},
  end_otherwise: { kind: EndingKind },
  // Inside modals
  sign_page: { requestId: Id, seen: Seen, page: z.int().nonnegative() },
  edit_section: { section: z.string().max(40) },
  remove_factor: { factorId: Id },
  attest_item: { item: RunItem },
  preview: {},
} satisfies Record<string, z.ZodRawShape>;
export type ClickName = keyof typeof shapes;
export const clickNames = Object.keys(shapes) as ClickName[];

type Shape<N extends ClickName> = (typeof shapes)[N];
type ClickOf<N extends ClickName> = { [K in keyof Shape<N>]: z.infer<Shape<N>[K]> } & {
  do: N;
  incidentId: string;
};
export type Click<N extends ClickName = ClickName> = { [K in N]: ClickOf<K> }[N];

const PREFIX = 'holdpoint.';

/** Buttons of one block need different ids; what follows `#` only tells them apart. */
export const actionPattern = (name: ClickName): RegExp => new RegExp(`^holdpoint\\.${name}(#.*)?$`);
export const actionId = (name: ClickName, apart = ''): string => `${PREFIX}${name}${apart && `#${apart}`}`;

/** The `value` of a button. */
export function clickValue(click: Click): string {
  const { do: _name, ...rest } = click;
  return JSON.stringify(rest);
}

/** What a click means; null when the button is not ours or of a form that no longer exists. */
export function parseClick<N extends ClickName>(name: N, value: string): Click<N> | null {
  const shape: z.ZodRawShape = shapes[name];
  const parsed = z.strictObject({ incidentId: Id, ...shape }).safeParse(jsonOf(value));
  return parsed.success ? ({ do: name, ...parsed.data } as Click<N>) : null;
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
