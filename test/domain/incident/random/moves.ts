import { lessonBasis, isMapStale, mapBasis, sealsBasis } from '../../../../src/domain/incident/basis.ts';
import { activeClasses, askable, kindOf, needsClassifying } from '../../../../src/domain/incident/classes.ts';
import type { Actor } from '../../../../src/domain/incident/actor.ts';
import type { Command, CommandType } from '../../../../src/domain/incident/command.ts';
import { isSessionContained } from '../../../../src/domain/incident/containment.ts';
import { undecided } from '../../../../src/domain/incident/decisions/sign-off.ts';
import {
  indicesOf,
  isEmpty,
  minus,
  rangesOf,
  sizeOf,
  type Ranges,
} from '../../../../src/domain/incident/ranges.ts';
import type { IncidentState, SignOff } from '../../../../src/domain/incident/state.ts';
import { FactorKind, Section } from '../../../../src/domain/incident/vocabulary.ts';
import {
  alert,
  ana,
  approverIds,
  ben,
  engine,
  kim,
  lee,
  mia,
  prose,
  receiveAlert,
  report,
  seal,
  sha,
  source,
  suggestAnalysis,
  type Words,
} from '../story.ts';
import type { Dice } from './dice.ts';
import { split, type World } from './world.ts';

export interface Move {
  type: CommandType;
  by: Actor;
  words: Omit<Command, 'type' | 'id' | 'at' | 'by'>;
}

export const move = <T extends CommandType>(type: T, by: Actor, given: Words<T>): Move => ({
  type,
  by,
  words: given as Move['words'],
});

export interface Scene {
  state: IncidentState;
  dice: Dice;
  world: World;
  at: number;
  /** A new id a call. */
  fresh(prefix: string): string;
}

type Step = (scene: Scene) => Move[];
export const people = [ana, ben, kim, lee, mia];
export const approvers = [kim, lee, mia];

const values = <V>(record: Record<string, V>): V[] => Object.values(record);
const pick = (dice: Dice, ranges: Ranges, all = 0.75): Ranges => {
  const indices = [...indicesOf(ranges)];
  if (indices.length === 0 || dice.chance(all)) return ranges;
  const some = dice.some(indices);
  return some.length > 0 ? rangesOf(some) : ranges;
};

const contain: Step = ({ state, dice }) =>
  values(state.targets).flatMap(({ targetId, status }): Move[] => {
    if (status === 'pending' || status === 'unconfirmed')
      return [move('orderContainment', engine, { targetId, action: 'pause', adapter: 'stop-switch' })];
    if (status === 'awaiting_person')
      return [
        dice.chance(0.5)
          ? move('retryContainment', dice.one(people), { targetId })
          : move('takeOverContainment', dice.one(people), { targetId, reason: prose('I stopped it.') }),
      ];
    if (status !== 'ordered') return [];
    const answers = [
      'confirmed',
      'confirmed',
      'confirmed',
      'already_ended',
      'unconfirmed',
      'awaiting_person',
    ] as const;
    return [
      move('reportContainment', engine, { targetId, status: dice.one(answers), evidence: 'It says so.' }),
    ];
  });

export const newSeal = ({ state, dice, at }: Scene, sessionId: string): Move => {
  const sealNumber = (state.sessions[sessionId]?.seal?.sealNumber ?? 0) + 1;
  return move('reportSeal', engine, {
    seal: seal({
      sessionId,
      sealNumber,
      manifestSha256: sha(`manifest ${sessionId} ${sealNumber}`),
      complete: !dice.chance(0.03),
      sealedAtMs: at,
      rotatesAtMs: dice.chance(0.03) ? at - 1 : null,
      baselineTokens: dice.chance(0.9) ? 4_000 : null,
    }),
  });
};

export const newAnalysis = ({ state, dice }: Scene, sessionId: string): Move => {
  const manifestSha256 = state.sessions[sessionId]?.seal?.manifestSha256 ?? sha('none');
  const symptomStep = dice.chance(0.9) ? 9 : dice.one([null, 8]);
  return move(
    'suggestAnalysis',
    engine,
    suggestAnalysis({
      sessionId,
      manifestSha256,
      analysisSha256: sha(`analysis ${manifestSha256} ${symptomStep}`),
      symptomStep,
      mode: dice.chance(0.9) ? 'tool_misfire' : 'unknown',
      failurePattern: dice.chance(0.8) ? `pattern of ${sessionId}` : 'one pattern',
    }),
  );
};

const preserve: Step = (scene) =>
  values(scene.state.sessions)
    .filter((session) => !session.seal && isSessionContained(scene.state, session.sessionId))
    .map((session) => newSeal(scene, session.sessionId));

const analyse: Step = (scene) =>
  values(scene.state.sessions)
    .filter(
      ({ sessionId, seal: found, analysis }) =>
        found &&
        analysis?.manifestSha256 !== found.manifestSha256 &&
        isSessionContained(scene.state, sessionId),
    )
    .map((session) => newAnalysis(scene, session.sessionId));

const locate: Step = ({ state, dice }) => {
  const analysed = values(state.sessions).filter((session) => session.analysis);
  if (analysed.length === 0) return [];
  const by = dice.one(people);
  const moves: Move[] = [];
  if (!state.mode.confirmed)
    moves.push(
      move('confirmMode', by, {
        mode: 'tool_misfire',
        misfit: state.mode.suggested === 'unknown' ? prose('None fits.') : null,
      }),
    );
  else if (!state.origin)
    moves.push(
      move('confirmOrigin', by, { sessionId: dice.one(analysed).sessionId, step: dice.one([3, 3, 3, 4, 6]) }),
    );
  if (state.origin && !state.cascade) {
    const symptom = state.sessions[state.origin.sessionId]?.analysis?.symptomStep ?? null;
    const { step } = state.origin;
    moves.push(move('confirmCascade', by, { path: symptom && symptom > step ? [step, symptom] : [step] }));
  }
  return moves;
};

export const mapNow = ({ state, world }: Scene): Move => {
  const classes = world.classes(state);
  const total = classes.reduce((sum, one) => sum + one.count, 0);
  return move('mapBlastRadius', engine, {
    basis: mapBasis(state),
    classes,
    attempted: 0,
    total,
    subagents: 0,
  });
};

const map: Step = (scene) => {
  const stale = isMapStale(scene.state) && (scene.state.origin !== null || scene.dice.chance(0.1));
  const unknown = activeClasses(scene.state).filter(needsClassifying);
  return [
    ...(stale ? [mapNow(scene)] : []),
    ...unknown.map((item) =>
      move('classifyActions', scene.dice.one(people), {
        classId: item.spec.classId,
        as: scene.dice.chance(0.5) ? 'irreversible' : 'no_effect',
        reason: prose('I read its source.'),
      }),
    ),
  ];
};

const ask: Step = ({ state, dice, fresh }) =>
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

const sign: Step = (scene) => {
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

const reverse: Step = ({ state, dice, fresh }) => {
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

const write: Step = ({ state, dice, fresh }) => {
  if (!state.blast) return [];
  const by = dice.one(people);
  const { sections, factors, attested, gap } = state.postmortem;
  const moves: Move[] = [];
  const missing = Section.options.find((section) => !sections[section]);
  if (missing)
    moves.push(move('draftSection', engine, { section: missing, text: prose(`Draft of ${missing}`) }));
  const count = Object.keys(factors).length;
  if (count < 3)
    moves.push(
      move('addFactor', by, {
        factorId: fresh('f'),
        kind: FactorKind.options[count + dice.below(3)]!,
        text: prose(`Factor ${dice.below(40)}`),
      }),
    );
  else if (!attested) moves.push(move('attestFactors', by, { factorIds: Object.keys(factors) }));
  if (!gap)
    moves.push(
      move('describeGap', by, {
        kind: dice.chance(0.5) ? 'anomaly_flag' : 'prompt_only',
        text: prose('Nobody watched for drift.'),
      }),
    );
  return moves;
};

const prove: Step = ({ state, dice }) => {
  if (!state.origin || !state.mode.confirmed) return [];
  const items = (['trace_exported', 'eval_regression', 'alert_or_flag'] as const).filter((item) => {
    const basis = item === 'trace_exported' ? sealsBasis(state) : lessonBasis(state);
    const run = state.proofs[item];
    return !run?.ok || run.basis !== basis;
  });
  return items.map((item) => {
    const basis = item === 'trace_exported' ? sealsBasis(state) : lessonBasis(state);
    if (item !== 'trace_exported' && dice.chance(0.3))
      return move('attestItem', dice.one(people), {
        item,
        link: 'https://evals.example.org/1',
        reason: prose('It runs there.'),
      });
    return move('proveItem', engine, { item, ok: dice.chance(0.9), basis, proof: 'It was run.' });
  });
};

const finish: Step = ({ state, dice }) => {
  const { postmortem, distribution } = state;
  const by = dice.one(people);
  if (!postmortem.final) return [move('finalisePostmortem', by, {})];
  if (distribution?.version !== postmortem.version)
    return [move('planDistribution', engine, planning(postmortem.version))];
  const receipts = Object.entries(distribution.receipts).flatMap(([recipientId, receipt]): Move[] => {
    if (receipt.status === 'sent') return [];
    if (receipt.status === 'pending')
      return [
        move('reportReceipt', engine, {
          version: distribution.version,
          recipientId,
          status: dice.one(['sent', 'sent', 'sent', 'uncertain', 'refused']),
          messageId: null,
          note: null,
        }),
      ];
    return [
      move('settleReceipt', by, {
        recipientId,
        outcome: dice.one(['sent', 'send_again']),
        reason: prose('I asked them.'),
      }),
    ];
  });
  if (receipts.length > 0) return receipts;
  return state.held
    ? [move('releaseAgent', by, { reason: prose('Pinned.') })]
    : [move('requestClose', by, {})];
};

export const planning = (version: number): Words<'planDistribution'> => ({
  version,
  documentSha256: sha(`document ${version}`),
  documentUri: 'evidence:document',
  recipients: [
    { recipientId: 'rcp-platform', kind: 'mail', team: 'platform' },
    { recipientId: 'rcp-oncall', kind: 'channel', team: 'on_call' },
  ],
});

const begin: Step = ({ state, dice }) => {
  if (state.status === 'none') {
    const quorum = { reversible: dice.one([1, 1, 2]), irreversible: dice.one([2, 2, 3]) };
    const policy = { ...receiveAlert().policy, quorum };
    return [
      move(
        'receiveAlert',
        source,
        receiveAlert({ policy, alert: alert({ sessionId: dice.chance(0.9) ? 's1' : null }) }),
      ),
    ];
  }
  const moves: Move[] = [];
  if (Object.keys(state.sessions).length === 0)
    moves.push(move('nameSession', dice.one(people), { sessionId: 's1' }));
  if (!state.approvers?.ids && state.blast)
    moves.push(move('refreshApprovers', engine, { approverIds, because: 'user group' }));
  return moves;
};

const steps: Step[] = [
  begin,
  contain,
  preserve,
  analyse,
  locate,
  map,
  ask,
  sign,
  reverse,
  write,
  prove,
  finish,
];

/** What would bring the incident nearer to its end: mostly the first thing open, sometimes any. */
export function forward(scene: Scene): Move {
  const { dice, state } = scene;
  const eager = dice.chance(0.7);
  const order = state.status === 'none' ? [begin] : eager ? steps : steps.toSorted(() => dice.roll() - 0.5);
  for (const step of order) {
    const moves = step(scene);
    if (moves.length > 0) return dice.one(moves);
  }
  return move('addNote', dice.one(people), { text: prose('Waiting.') });
}
