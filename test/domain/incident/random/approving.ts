import { activeClasses, askable, kindOf, needsClassifying } from '../../../../src/domain/incident/classes.ts';
import type { Actor } from '../../../../src/domain/incident/actor.ts';
import { undecided } from '../../../../src/domain/incident/decisions/sign-off.ts';
import { indicesOf, isEmpty, minus, rangesOf, sizeOf } from '../../../../src/domain/incident/ranges.ts';
import type { SignOff } from '../../../../src/domain/incident/state.ts';
import { engine, prose, report } from '../story.ts';
import { split } from './world.ts';
import { type Move, move, type Scene, type Step, people, approvers, values, pick } from './move.ts';

export const ask: Step = ({ state, dice, fresh }) =>
  activeClasses(state)
    .filter(
      (item) =>
        !needsClassifying(item) && item.classifiedAs !== 'no_effect' && !isEmpty(askable(item, false)),
    )
    .filter(
      (item) =>
        !values(state.signOffs).some((one) => one.classId === item.spec.classId && one.status === 'open'),
    )
    .map((item) => {
      const irreversible = kindOf(item) === 'irreversible';
      const by = irreversible || dice.chance(0.3) ? dice.one(people) : engine;
      return move('requestSignOff', by, {
        requestId: fresh('r'),
        classId: item.spec.classId,
        planSha256: item.spec.planSha256,
        remediation: irreversible ? prose(`Plan ${dice.below(3)}`) : null,
      });
    });

export const signMove = ({ dice }: Scene, request: SignOff, by: Actor = dice.one(approvers)): Move => {
  const left = undecided(request);
  const chosen = pick(dice, left);
  const indices = chosen === left ? ('all' as const) : chosen;
  const irreversible = request.remediation !== null;
  return move('signReversal', by, {
    requestId: request.requestId,
    seen: request.seen,
    indices,
    typedCount: irreversible ? sizeOf(chosen) : null,
    reason: irreversible ? prose('It makes it good.') : null,
  });
};

export const sign: Step = (scene) => {
  const { state, dice } = scene;
  const open = values(state.signOffs).filter((request) => request.status === 'open');
  const broken = values(state.signOffs).filter((request) => request.glass && !request.glass.countersignedBy);
  return [
    ...open.map((request) => {
      const others = approvers.filter(
        (one) => one.id !== request.requestedBy && !request.signatures.some((given) => given.by === one.id),
      );
      return signMove(scene, request, dice.one(others.length > 0 ? others : approvers));
    }),
    ...broken.map(({ requestId }) =>
      move('countersign', dice.one(approvers), { requestId, reason: prose('I would have signed.') }),
    ),
  ];
};

export const reverse: Step = ({ state, dice, fresh }) => {
  const orders = values(state.signOffs).flatMap((request): Move[] => {
    const item = state.classes[request.classId];
    if (!item || item.superseded || request.status === 'void' || kindOf(item) === 'irreversible') return [];
    const ready = rangesOf(
      [...indicesOf(minus(request.authorised, item.ordered))].filter((index) =>
        isEmpty(minus([[index, index]], item.authorised)),
      ),
    );
    return isEmpty(ready)
      ? []
      : [
          move('orderReversals', engine, {
            batchId: fresh('b'),
            requestId: request.requestId,
            indices: pick(dice, ready),
          }),
        ];
  });
  const reports = values(state.batches)
    .filter((batch) => !batch.reported)
    .map((batch) => {
      const [done = [], notDone = [], uncertain = []] = split([...indicesOf(batch.indices)], () =>
        dice.chance(0.75) ? 0 : dice.chance(0.5) ? 1 : 2,
      );
      return move('reportReversals', engine, report(batch.batchId, { done, notDone, uncertain }));
    });
  const settle = values(state.classes)
    .filter((item) => !isEmpty(item.uncertain))
    .map((item) =>
      move('settleUncertain', dice.one(people), {
        classId: item.spec.classId,
        indices: pick(dice, item.uncertain),
        outcome: dice.chance(0.7) ? 'done' : 'not_done',
        reason: prose('I looked.'),
      }),
    );
  const remedies = activeClasses(state)
    .filter((item) => kindOf(item) === 'irreversible' && !isEmpty(minus(item.authorised, item.remediated)))
    .map((item) =>
      move('recordRemediation', dice.one(people), {
        classId: item.spec.classId,
        indices: 'all',
        result: prose('Called everybody.'),
      }),
    );
  return [...orders, ...reports, ...settle, ...remedies];
};
