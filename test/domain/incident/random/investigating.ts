import { isMapStale, mapBasis } from '../../../../src/domain/incident/basis.ts';
import { activeClasses, needsClassifying } from '../../../../src/domain/incident/classes.ts';
import { isSessionContained } from '../../../../src/domain/incident/containment.ts';
import { engine, prose, seal, sha, suggestAnalysis } from '../story.ts';
import { type Move, move, type Scene, type Step, people, values } from './move.ts';

export const contain: Step = ({ state, dice }) =>
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

export const preserve: Step = (scene) =>
  values(scene.state.sessions)
    .filter((session) => !session.seal && isSessionContained(scene.state, session.sessionId))
    .map((session) => newSeal(scene, session.sessionId));

export const analyse: Step = (scene) =>
  values(scene.state.sessions)
    .filter(
      ({ sessionId, seal: found, analysis }) =>
        found &&
        analysis?.manifestSha256 !== found.manifestSha256 &&
        isSessionContained(scene.state, sessionId),
    )
    .map((session) => newAnalysis(scene, session.sessionId));

export const locate: Step = ({ state, dice }) => {
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

export const map: Step = (scene) => {
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
