import { hasNoEffect, kindOf } from '../classes.ts';
import type { CommandOf } from '../command.ts';
import { intersect, isEmpty, minus, union, type Ranges } from '../ranges.ts';
import type { ClassState, IncidentState } from '../state.ts';
import { decision, own, type DecisionTable } from './table.ts';

const item = (state: IncidentState, classId: string): ClassState | undefined => own(state.classes, classId);
const requestOf = (state: IncidentState, id: string) => own(state.signOffs, id);
const batchOf = (state: IncidentState, id: string) => own(state.batches, id);
const classOfRequest = (state: IncidentState, id: string): ClassState | undefined => {
  const request = requestOf(state, id);
  return request && item(state, request.classId);
};
const reported = (c: CommandOf<'reportReversals'>): Ranges => union(union(c.done, c.notDone), c.uncertain);
const overlap = (c: CommandOf<'reportReversals'>): boolean =>
  !isEmpty(intersect(c.done, c.notDone)) ||
  !isEmpty(intersect(c.done, c.uncertain)) ||
  !isEmpty(intersect(c.notDone, c.uncertain));

/** What of a class can get a result: signed plans without one. */
const remediable = (found: ClassState): Ranges => minus(found.authorised, found.remediated);

export const reversal: DecisionTable<
  'orderReversals' | 'reportReversals' | 'settleUncertain' | 'recordRemediation'
> = {
  // Promise 3: no reversal without a valid sign-off on the current digest.
  orderReversals: decision(
    'orderReversals',
    'engine',
    [
      { code: 'unknown-request', breaks: (s, c) => !requestOf(s, c.requestId) },
      { code: 'request-void', breaks: (s, c) => requestOf(s, c.requestId)?.status === 'void' },
      {
        code: 'class-superseded',
        breaks: (s, c) => classOfRequest(s, c.requestId)?.superseded === true,
      },
      {
        code: 'not-reversible',
        breaks: (s, c) => {
          const found = classOfRequest(s, c.requestId);
          return found !== undefined && (kindOf(found) === 'irreversible' || hasNoEffect(found));
        },
      },
      {
        code: 'not-authorised',
        breaks: (s, c) =>
          isEmpty(c.indices) ||
          !isEmpty(minus(c.indices, requestOf(s, c.requestId)?.authorised ?? [])) ||
          !isEmpty(minus(c.indices, classOfRequest(s, c.requestId)?.authorised ?? [])),
      },
      {
        code: 'already-ordered',
        breaks: (s, c) =>
          batchOf(s, c.batchId) !== undefined ||
          !isEmpty(intersect(c.indices, classOfRequest(s, c.requestId)?.ordered ?? [])),
      },
    ],
    (s, { batchId, requestId, indices }) => [
      {
        type: 'reversalsOrdered',
        data: { batchId, requestId, classId: requestOf(s, requestId)?.classId ?? '', indices },
      },
    ],
  ),

  reportReversals: decision(
    'reportReversals',
    'engine',
    [
      { code: 'unknown-batch', breaks: (s, c) => !batchOf(s, c.batchId) },
      { code: 'batch-reported', breaks: (s, c) => batchOf(s, c.batchId)?.reported === true },
      {
        code: 'outside-batch',
        breaks: (s, c) => {
          const indices = batchOf(s, c.batchId)?.indices ?? [];
          return overlap(c) || !isEmpty(minus(reported(c), indices)) || !isEmpty(minus(indices, reported(c)));
        },
      },
    ],
    (s, { type: _type, id: _id, at: _at, by: _by, ...data }) => [
      {
        type: 'reversalsReported',
        data: { ...data, classId: batchOf(s, data.batchId)?.classId ?? '' },
      },
    ],
  ),

  // Promise 6: uncertain is shown to a person, never blindly repeated.
  settleUncertain: decision(
    'settleUncertain',
    'responder',
    [
      { code: 'unknown-class', breaks: (s, c) => !item(s, c.classId) },
      {
        code: 'not-uncertain',
        breaks: (s, c) =>
          isEmpty(c.indices) || !isEmpty(minus(c.indices, item(s, c.classId)?.uncertain ?? [])),
      },
    ],
    (_s, { classId, indices, outcome, reason }) => [
      { type: 'uncertainSettled', data: { classId, indices, outcome, reason } },
    ],
  ),

  recordRemediation: decision(
    'recordRemediation',
    'responder',
    [
      { code: 'unknown-class', breaks: (s, c) => !item(s, c.classId) },
      { code: 'class-superseded', breaks: (s, c) => item(s, c.classId)?.superseded === true },
      {
        code: 'not-irreversible',
        breaks: (s, c) => {
          const found = item(s, c.classId);
          return found !== undefined && kindOf(found) !== 'irreversible';
        },
      },
      {
        code: 'plan-unsigned',
        breaks: (s, c) => {
          const found = item(s, c.classId);
          if (!found) return false;
          return (
            isEmpty(found.authorised) || (c.indices !== 'all' && !isEmpty(minus(c.indices, found.authorised)))
          );
        },
      },
      {
        code: 'no-change',
        breaks: (s, c) => {
          const found = item(s, c.classId);
          if (!found) return false;
          return isEmpty(c.indices === 'all' ? remediable(found) : minus(c.indices, found.remediated));
        },
      },
    ],
    (s, { classId, indices, result }) => {
      const found = item(s, classId);
      if (!found) return [];
      return [
        {
          type: 'remediationRecorded',
          data: { classId, indices: indices === 'all' ? remediable(found) : indices, result },
        },
      ];
    },
  ),
};
