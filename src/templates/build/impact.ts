import { hasNoEffect, kindOf } from '../../domain/incident/classes.ts';
import { has, isEmpty, minus, sizeOf, union, type Ranges } from '../../domain/incident/ranges.ts';
import type { ClassState } from '../../domain/incident/state.ts';
import type { ActionRow, PostmortemView } from '../postmortem-view.ts';
import { eventsOf, nameOf, type PlannedAction, type PostmortemSource } from '../source.ts';
import { utc } from '../text.ts';

type Impact = PostmortemView['impact'];
type ClassBlock = Impact['classes'][number];

const kindWords = (item: ClassState): ClassBlock['kind'] => (hasNoEffect(item) ? 'no effect' : kindOf(item));

/** What became of one action, for a reader who knows nothing of ranges. */
function remediationOf(item: ClassState, index: number): string {
  if (hasNoEffect(item)) return 'found to have had no effect';
  if (has(item.uncertain, index)) return 'uncertain: a person has to look';
  if (has(item.done, index)) return 'reversed';
  if (kindOf(item) === 'irreversible') {
    if (has(item.remediated, index)) return 'remediated, result on record';
    return has(item.authorised, index) ? 'plan signed, result open' : 'no signed plan yet';
  }
  if (has(item.declined, index)) return 'not reversed: declined with a reason';
  if (has(item.notDone, index)) return 'not reversed: the reversal failed';
  if (has(item.ordered, index)) return 'reversal under way';
  return has(item.authorised, index) ? 'reversal signed, not run yet' : 'not reversed yet';
}

function status(item: ClassState): string {
  if (hasNoEffect(item)) return 'Found to have had no effect.';
  const counts: [Ranges, string][] =
    kindOf(item) === 'irreversible'
      ? [
          [item.remediated, 'remediated'],
          [minus(item.authorised, item.remediated), 'under a signed plan, result open'],
        ]
      : [
          [item.done, 'reversed'],
          [item.declined, 'declined'],
          [item.notDone, 'failed'],
          [item.uncertain, 'uncertain'],
        ];
  const said = counts.filter(([ranges]) => !isEmpty(ranges)).map(([r, word]) => `${sizeOf(r)} ${word}`);
  return `${said.length > 0 ? said.join(', ') : 'nothing settled'} of ${item.spec.count}.`;
}

/** Denials, results and settled doubts of a class, oldest first. */
function records(source: PostmortemSource, item: ClassState): ClassBlock['records'] {
  const { classId } = item.spec;
  const who = (id: string, at: number): string => `${nameOf(source, id)}, ${utc(at)}`;
  const some = (indices: Ranges): string => `${sizeOf(indices)} of ${item.spec.count}`;
  const ofClass = (requestId: string): boolean => source.state.signOffs[requestId]?.classId === classId;
  return source.events.flatMap((event): ClassBlock['records'] => {
    if (event.type === 'reversalDenied' && ofClass(event.data.requestId))
      return [
        {
          head: `Declined ${some(event.data.indices)} — ${who(event.by.id, event.at)}`,
          text: event.data.reason.text,
        },
      ];
    if (event.type === 'remediationRecorded' && event.data.classId === classId)
      return [
        {
          head: `Result for ${some(event.data.indices)} — ${who(event.by.id, event.at)}`,
          text: event.data.result.text,
        },
      ];
    if (event.type === 'uncertainSettled' && event.data.classId === classId)
      return [
        {
          head: `Uncertain ${some(event.data.indices)}, settled as ${event.data.outcome === 'done' ? 'done' : 'not done'} — ${who(event.by.id, event.at)}`,
          text: event.data.reason.text,
        },
      ];
    if (event.type === 'actionsClassified' && event.data.classId === classId)
      return [
        {
          head: `Classified as ${event.data.as.replace('_', ' ')} — ${who(event.by.id, event.at)}`,
          text: event.data.reason.text,
        },
      ];
    return [];
  });
}

const actionRow = (item: ClassState, action: PlannedAction, index: number): ActionRow => ({
  sessionId: action.sessionId,
  step: action.step,
  target: action.target ?? 'no target captured',
  at: utc(action.atMs),
  outcome: action.outcome,
  remediation: remediationOf(item, index),
});

function block(source: PostmortemSource, item: ClassState): ClassBlock {
  const { spec } = item;
  const actions = source.plans[spec.classId] ?? null;
  return {
    tool: spec.tool,
    kind: kindWords(item),
    strategy: spec.strategy,
    count: spec.count,
    planSha256: spec.planSha256,
    replaced: item.superseded,
    status: status(item),
    plan: item.plan?.text ?? null,
    records: records(source, item),
    actions: (actions ?? []).slice(0, spec.count).map((action, i) => actionRow(item, action, i)),
    unlisted: actions
      ? null
      : 'The sealed list of these actions could not be read when this document was made.',
  };
}

/** What of a class no newer plan lists again, because a reversal of it was ordered. */
const ran = (item: ClassState): Ranges => union(item.ordered, union(item.done, item.uncertain));

/** A replaced class still belongs in the record when something of it ran. */
const leftTraces = (item: ClassState): boolean =>
  !item.superseded || !isEmpty(ran(item)) || !isEmpty(item.remediated);

function summary(source: PostmortemSource): string {
  const { blast, origin, classes } = source.state;
  if (!blast) return 'The blast radius is not mapped yet.';
  const sum = (kind: ClassBlock['kind']): number =>
    Object.values(classes)
      .filter((item) => kindWords(item) === kind)
      .reduce((total, item) => total + (item.superseded ? sizeOf(ran(item)) : item.spec.count), 0);
  const where = origin
    ? `after step ${origin.step} of session ${origin.sessionId}`
    : 'after every likely fault origin';
  const none = sum('no effect') > 0 ? `, ${sum('no effect')} found to have had no effect` : '';
  return `${blast.total} external actions ${where}: ${sum('reversible')} reversible, ${sum('irreversible')} irreversible${none}.`;
}

/** Runbook, section 4: every external action after the fault origin, with a remediation plan for each irreversible one. */
export const impactSection = (source: PostmortemSource): Omit<Impact, 'words'> => ({
  summary: summary(source),
  attempted: source.state.blast?.attempted ?? 0,
  subagents: source.state.blast?.subagents ?? 0,
  classes: Object.values(source.state.classes)
    .filter(leftTraces)
    .map((item) => block(source, item)),
});

export const signOffRows = (source: PostmortemSource): PostmortemView['signOffs'] =>
  Object.values(source.state.signOffs).map((request) => {
    const spec = source.state.classes[request.classId]?.spec;
    const given = [
      ...eventsOf(source, 'reversalSigned'),
      ...eventsOf(source, 'glassBroken'),
      ...eventsOf(source, 'reversalDenied'),
      ...eventsOf(source, 'glassCountersigned'),
    ]
      .filter((event) => event.data.requestId === request.requestId)
      .sort((a, b) => a.seq - b.seq);
    const verbs = {
      reversalSigned: 'signed',
      glassBroken: 'broke the glass for',
      reversalDenied: 'denied',
      glassCountersigned: 'countersigned the broken glass',
    };
    return {
      what: `${request.remediation ? 'Remediation plan for' : 'Reversal of'} ${sizeOf(request.indices)} × ${spec?.tool ?? request.classId}`,
      digest: request.seen,
      requestedBy: nameOf(source, request.requestedBy),
      status: { open: 'open', decided: 'decided', void: 'void: the list of actions changed' }[request.status],
      signatures: given.map((event) => ({
        who: nameOf(source, event.by.id),
        at: utc(event.at),
        what:
          'indices' in event.data ? `${verbs[event.type]} ${sizeOf(event.data.indices)}` : verbs[event.type],
        reason: event.data.reason?.text ?? null,
      })),
    };
  });
