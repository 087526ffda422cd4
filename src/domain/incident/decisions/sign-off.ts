import type { CommandOf } from '../command.ts';
import type { Fact } from '../event.ts';
import { inAtLeast, isEmpty, lastIndexOf, minus, sizeOf, union, type Ranges } from '../ranges.ts';
import type { IncidentState, SignOff } from '../state.ts';
import { decision, own, type DecisionTable, type Rule } from './table.ts';

type Signing = 'signReversal' | 'denyReversal' | 'breakGlass';
type SigningCommand = CommandOf<Signing>;

const request = (state: IncidentState, id: string): SignOff | undefined => own(state.signOffs, id);

/** Asked for, and neither authorised nor denied yet. */
export const undecided = (found: SignOff): Ranges =>
  minus(found.indices, union(found.authorised, found.denied));

const chosen = (found: SignOff, indices: 'all' | Ranges): Ranges =>
  indices === 'all' ? undecided(found) : indices;

const signedBy = (found: SignOff, personId: string): Ranges =>
  found.signatures
    .filter((signature) => signature.by === personId)
    .reduce<Ranges>((sum, s) => union(sum, s.indices), []);

/** What enough distinct people have signed. */
const quorumReached = (found: SignOff, personId: string, indices: Ranges): Ranges => {
  const others = [...new Set(found.signatures.map((signature) => signature.by))].filter(
    (id) => id !== personId,
  );
  const mine = union(signedBy(found, personId), indices);
  return inAtLeast([mine, ...others.map((id) => signedBy(found, id))], found.quorum);
};

const found = (s: IncidentState, c: SigningCommand) => request(s, c.requestId);

/** The rules that every answer to a sign-off shares, first the ones about the request. */
const aboutRequest: Rule<SigningCommand>[] = [
  { code: 'unknown-request', breaks: (s, c) => !found(s, c) },
  { code: 'request-void', breaks: (s, c) => found(s, c)?.status === 'void' },
  { code: 'already-decided', breaks: (s, c) => found(s, c)?.status === 'decided' },
  {
    code: 'plan-changed',
    breaks: (s, c) => found(s, c) !== undefined && found(s, c)?.seen !== c.seen,
  },
  {
    code: 'no-such-index',
    breaks: (s, c) => {
      const asked = found(s, c);
      return asked !== undefined && c.indices !== 'all' && !isEmpty(minus(c.indices, asked.indices));
    },
    detail: (s, c) => String(lastIndexOf(found(s, c)?.indices ?? []) + 1),
  },
  {
    code: 'already-decided',
    breaks: (s, c) => {
      const asked = found(s, c);
      return (
        asked !== undefined && isEmpty(minus(chosen(asked, c.indices), union(asked.authorised, asked.denied)))
      );
    },
  },
  { code: 'agent-owner', breaks: (s, c) => s.ownerIds.includes(c.by.id) },
];

const ownRequest: Rule<SigningCommand> = {
  code: 'own-request',
  breaks: (s, c) => found(s, c)?.requestedBy === c.by.id,
};

/** The facts of a signature: what it newly authorises, and whether the request is decided by it. */
function authorisedBy(asked: SignOff, newly: Ranges): Fact[] {
  if (isEmpty(newly)) return [];
  const { requestId, classId } = asked;
  return [{ type: 'reversalsAuthorised', data: { requestId, classId, indices: newly } }];
}

const isIrreversible = (asked: SignOff | undefined): boolean =>
  asked?.remediation !== null && asked !== undefined;

export const signOff: DecisionTable<Signing | 'countersign'> = {
  signReversal: decision<'signReversal'>(
    'signReversal',
    'approver',
    [
      ...aboutRequest,
      ownRequest,
      {
        code: 'already-signed',
        breaks: (s, c) => {
          const asked = found(s, c);
          return asked !== undefined && isEmpty(minus(chosen(asked, c.indices), signedBy(asked, c.by.id)));
        },
      },
      {
        code: 'count-needed',
        breaks: (s, c) => {
          const asked = found(s, c);
          return (
            asked !== undefined && isIrreversible(asked) && c.typedCount !== sizeOf(chosen(asked, c.indices))
          );
        },
        detail: (s, c) => {
          const asked = found(s, c);
          return asked ? String(sizeOf(chosen(asked, c.indices))) : '';
        },
      },
      { code: 'reason-needed', breaks: (s, c) => isIrreversible(found(s, c)) && c.reason === null },
    ],
    (s, c) => {
      const asked = found(s, c);
      if (!asked) return [];
      const indices = minus(chosen(asked, c.indices), union(asked.authorised, asked.denied));
      const newly = minus(quorumReached(asked, c.by.id, indices), union(asked.authorised, asked.denied));
      const { requestId, seen, reason } = c;
      return [
        { type: 'reversalSigned', data: { requestId, seen, indices, reason } },
        ...authorisedBy(asked, newly),
      ];
    },
  ),

  denyReversal: decision<'denyReversal'>('denyReversal', 'approver', aboutRequest, (s, c) => {
    const asked = found(s, c);
    if (!asked) return [];
    const { requestId, seen, reason } = c;
    const indices = minus(chosen(asked, c.indices), union(asked.authorised, asked.denied));
    return [{ type: 'reversalDenied', data: { requestId, seen, indices, reason } }];
  }),

  // One person, loud; countersigned later, or closure is blocked.
  breakGlass: decision<'breakGlass'>('breakGlass', 'responder', aboutRequest, (s, c) => {
    const asked = found(s, c);
    if (!asked) return [];
    const indices = minus(chosen(asked, c.indices), union(asked.authorised, asked.denied));
    const { requestId, seen, reason } = c;
    return [
      { type: 'glassBroken', data: { requestId, seen, indices, reason } },
      ...authorisedBy(asked, indices),
    ];
  }),

  countersign: decision(
    'countersign',
    'approver',
    [
      { code: 'unknown-request', breaks: (s, c) => !request(s, c.requestId) },
      {
        code: 'no-break-glass',
        breaks: (s, c) => {
          const glass = request(s, c.requestId)?.glass;
          return !glass || glass.countersignedBy !== null;
        },
      },
      { code: 'agent-owner', breaks: (s, c) => s.ownerIds.includes(c.by.id) },
      {
        code: 'own-break-glass',
        breaks: (s, c) =>
          request(s, c.requestId)?.signatures.some((given) => given.brokeGlass && given.by === c.by.id) ===
          true,
      },
      { code: 'own-request', breaks: (s, c) => request(s, c.requestId)?.requestedBy === c.by.id },
    ],
    (_s, { requestId, reason }) => [{ type: 'glassCountersigned', data: { requestId, reason } }],
  ),
};

/** Every index of the request is authorised or denied. */
export const isDecided = (asked: SignOff): boolean =>
  asked.remediation !== null && !isEmpty(asked.denied) ? true : isEmpty(undecided(asked));
