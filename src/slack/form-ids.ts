import { z } from 'zod';
import { EndingKind, Id, RunItem, Section } from '../domain/incident/vocabulary.ts';
import { Ranges } from '../domain/incident/ranges.ts';
import { jsonOf } from './action-ids.ts';

const Seen = z.string().max(200);
const request = { requestId: Id, seen: Seen };

/**
 * The modals that can be submitted: Slack's `callback_id` is the name, `private_metadata` carries what the person had
 * before them. `channel` is where the answer is shown; null after a click in Home.
 */
const shapes = {
  confirm_mode: {},
  confirm_origin: { sessionId: Id },
  confirm_cascade: {},
  name_session: {},
  first_action: {},
  take_over: { targetIds: z.array(Id).max(10) },
  release: {},
  write_plan: { classId: Id, planSha256: z.string().max(64) },
  sign: { ...request, page: z.int().nonnegative() },
  deny: request,
  break_glass: request,
  countersign: { requestId: Id },
  remediated: { classId: Id },
  settle_uncertain: { classId: Id, indices: Ranges.max(100) },
  classify: { classId: Id },
  checklist: {},
  postmortem: {},
  edit_section: { section: Section, baseSha256: z.string().max(64).nullable() },
  attest_item: { item: RunItem },
  settle_receipt: { recipientIds: z.array(Id).max(10) },
  note: {},
  severity: {},
  hand_over: {},
  more: {},
  end_otherwise: { kind: EndingKind, others: z.array(Id).max(10) },
  second_ending: {},
  report: { messageUrl: z.string().max(500).nullable() },
} satisfies Record<string, z.ZodRawShape>;
export type FormName = keyof typeof shapes;
export const formNames = Object.keys(shapes) as FormName[];

type Shape<N extends FormName> = (typeof shapes)[N];
type MetaOf<N extends FormName> = { [K in keyof Shape<N>]: z.infer<Shape<N>[K]> };
/** Modals that others are opened from. */
const Below = z.enum(['postmortem', 'checklist', 'more']);
type Below = z.infer<typeof Below>;
/** What every form knows: the incident, where to answer, and the modal below it, which is refreshed afterwards. */
export interface Place {
  incidentId: string;
  channel: string | null;
  /** `view_id` of the modal below, what it shows, and the checklist that may lie below that. */
  below: { viewId: string; shows: Below; checklistId: string | null } | null;
}
/** The place of the modal below another one. */
export const placeBelow = (place: Place): Place => ({
  ...place,
  below: place.below?.checklistId
    ? { viewId: place.below.checklistId, shows: 'checklist', checklistId: null }
    : null,
});
export type Meta<N extends FormName = FormName> = MetaOf<N> & Place;

const placeShape = {
  incidentId: z.string().max(200),
  channel: z.string().max(40).nullable(),
  below: z
    .strictObject({
      viewId: z.string().max(40),
      shows: Below,
      checklistId: z.string().max(40).nullable(),
    })
    .nullable(),
};

/** The place alone, of any of our modals. */
export const PlaceInModal = z.looseObject(placeShape);

export const formId = (name: FormName): string => `holdpoint.${name}`;
export const metaText = <N extends FormName>(_name: N, meta: Meta<N>): string => JSON.stringify(meta);

/** What a submitted modal was about; null when it is not one of ours. */
export function parseMeta<N extends FormName>(name: N, text: string): Meta<N> | null {
  const shape: z.ZodRawShape = shapes[name];
  const parsed = z.strictObject({ ...placeShape, ...shape }).safeParse(jsonOf(text));
  return parsed.success ? (parsed.data as unknown as Meta<N>) : null;
}
