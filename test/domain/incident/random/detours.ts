import { lessonBasis } from '../../../../src/domain/incident/basis.ts';
import type { Actor } from '../../../../src/domain/incident/actor.ts';
import { decisions } from '../../../../src/domain/incident/decide.ts';
import type { CommandType } from '../../../../src/domain/incident/command.ts';
import { Section } from '../../../../src/domain/incident/vocabulary.ts';
import {
  alert,
  ana,
  approverIds,
  engine,
  kim,
  lee,
  looker,
  owner,
  person,
  prose,
  receiveAlert,
  sha,
  source,
  type Words,
} from '../story.ts';
import { wordsOf } from '../words.ts';
import { signMove } from './approving.ts';
import { planning } from './finishing.ts';
import { mapNow, newAnalysis, newSeal } from './investigating.ts';
import { approvers, move, people, type Move, type Scene } from './move.ts';

type Detour = (scene: Scene) => Move;
const anyOf = (scene: Scene, record: Record<string, unknown>, other: string): string => {
  const ids = Object.keys(record);
  return ids.length > 0 && scene.dice.chance(0.95) ? scene.dice.one(ids) : other;
};
const anybody = [...people, owner];

const session = (scene: Scene): string => anyOf(scene, scene.state.sessions, 'nowhere');
const classId = (scene: Scene): string => anyOf(scene, scene.state.classes, 'nowhere');
const requestId = (scene: Scene): string => {
  const open = Object.values(scene.state.signOffs)
    .filter((one) => one.status === 'open')
    .map((one) => one.requestId);
  return open.length > 0 && scene.dice.chance(0.7)
    ? scene.dice.one(open)
    : anyOf(scene, scene.state.signOffs, 'nowhere');
};
const answering = (scene: Scene): Words<'denyReversal'> => {
  const id = requestId(scene);
  const request = scene.state.signOffs[id];
  const seen = scene.dice.chance(0.95) ? (request?.seen ?? sha('x')) : sha('something else');
  const indices = scene.dice.chance(0.5)
    ? ('all' as const)
    : ([[0, scene.dice.below(4)]] as [number, number][]);
  return { requestId: id, seen, indices, reason: prose('Because.') };
};
const ending = (scene: Scene): Words<'proposeEnding'> => {
  const kind = scene.dice.one(['dismissed', 'resolved_as_bug', 'resolved_as_bug', 'merged'] as const);
  return {
    kind,
    reason: prose('Not worth more.'),
    fixUrl: kind === 'resolved_as_bug' ? 'https://git.example.org/1' : null,
    intoIncidentId: kind === 'merged' ? 'inc-0' : null,
  };
};
const target = (scene: Scene, n: number): Move =>
  move('addTarget', engine, {
    target: {
      targetId: `subagent:${n}`,
      kind: 'subagent',
      agent: 'letter-agent',
      sessionId: session(scene),
      allowListed: scene.dice.chance(0.5),
    },
  });

/** What people do about a sign-off besides signing it. */
const quarrels: Detour[] = [
  (scene) => move('denyReversal', scene.dice.one([...approvers, owner]), answering(scene)),
  (scene) => move('breakGlass', scene.dice.one(anybody), answering(scene)),
  (scene) =>
    move('countersign', scene.dice.one(approvers), {
      requestId: requestId(scene),
      reason: prose('I would have.'),
    }),
  (scene) =>
    move('orderReversals', engine, {
      batchId: scene.fresh('b'),
      requestId: requestId(scene),
      indices: [[0, scene.dice.below(3)]],
    }),
];
export const quarrel: Detour = (scene) => scene.dice.one(quarrels)(scene);

const edit: Detour = (scene) => {
  const section = scene.dice.one(Section.options);
  const baseSha256 = scene.state.postmortem.sections[section]?.text.sha256 ?? null;
  return move('editSection', scene.dice.one(people), {
    section,
    text: prose(`Words ${scene.dice.below(50)}`),
    baseSha256,
  });
};

/** Things that happen to an incident, at any time and out of turn. */
const detours: Detour[] = [
  ({ dice }) =>
    move(
      'receiveAlert',
      source,
      receiveAlert({
        agent: dice.chance(0.95) ? 'loan-agent' : 'other',
        alert: alert({ sessionId: dice.one(['s1', 's2', null]), severity: dice.one(['sev1', 'sev3']) }),
      }),
    ),
  ({ dice }) =>
    move('joinSession', dice.one([engine, ana]), {
      sessionId: dice.one(['s1', 's2', 's3']),
      because: 'Same pattern.',
    }),
  ({ dice }) =>
    move('offerSessions', engine, { candidates: [{ sessionId: dice.one(['s1', 's2']), because: 'Near.' }] }),
  (scene) => target(scene, scene.dice.below(3)),
  (scene) => newSeal(scene, session(scene)),
  (scene) => newAnalysis(scene, session(scene)),
  (scene) =>
    move('reportSealTrouble', engine, { sessionId: session(scene), percentOfDeadline: 50, reason: '503' }),
  ({ dice }) =>
    move('confirmMode', dice.one(people), { mode: dice.one(['tool_misfire', 'cost_runaway']), misfit: null }),
  ({ dice }) => move('completeFirstAction', dice.one(people), { note: prose('Audited.') }),
  (scene) =>
    move('confirmOrigin', scene.dice.one(people), {
      sessionId: session(scene),
      step: scene.dice.one([3, 4, 6, 12]),
    }),
  ({ dice }) =>
    move('confirmCascade', dice.one(people), {
      path: dice.one([
        [3, 9],
        [4, 9],
        [9, 3],
        [6, 8, 9],
      ]),
    }),
  (scene) => {
    const sessionId = session(scene);
    const analysisSha256 = scene.state.sessions[sessionId]?.analysis?.analysisSha256 ?? sha('none');
    return move('confirmAnalysis', scene.dice.one(people), { sessionId, analysisSha256 });
  },
  (scene) => mapNow(scene),
  ({ state, dice }) =>
    move('mapBlastRadius', engine, {
      basis: dice.chance(0.5) ? 'map:older' : (state.blast?.basis ?? 'map:'),
      classes: [],
      attempted: 0,
      total: 0,
      subagents: 0,
    }),
  (scene) =>
    move('classifyActions', scene.dice.one(people), {
      classId: classId(scene),
      as: scene.dice.one(['irreversible', 'no_effect']),
      reason: prose('I read its source.'),
    }),
  ({ dice }) =>
    move('refreshApprovers', engine, {
      approverIds: dice.one([null, [kim.id], [kim.id, lee.id], approverIds]),
      because: 'user group',
    }),
  (scene) => {
    const id = classId(scene);
    const planSha256 = scene.state.classes[id]?.spec.planSha256 ?? sha('x');
    return move('requestSignOff', scene.dice.one(people), {
      requestId: scene.fresh('r'),
      classId: id,
      planSha256,
      remediation: scene.dice.chance(0.5) ? prose('Plan 9') : null,
    });
  },
  (scene) => {
    const request = scene.state.signOffs[requestId(scene)];
    return request ? signMove(scene, request, scene.dice.one(anybody)) : move('acknowledge', ana, {});
  },
  (scene) => quarrel(scene),
  (scene) => quarrel(scene),
  (scene) =>
    move('settleUncertain', scene.dice.one(people), {
      classId: classId(scene),
      indices: [[0, 0]],
      outcome: 'not_done',
      reason: prose('I looked.'),
    }),
  (scene) =>
    move('recordRemediation', scene.dice.one(people), {
      classId: classId(scene),
      indices: [[0, 0]],
      result: prose('Done.'),
    }),
  (scene) => edit(scene),
  ({ dice, fresh }) =>
    move('addFactor', dice.one(people), {
      factorId: fresh('f'),
      kind: 'process',
      text: prose(`Factor ${dice.below(40)}`),
    }),
  (scene) =>
    move('removeFactor', scene.dice.one(people), {
      factorId: anyOf(scene, scene.state.postmortem.factors, 'nowhere'),
    }),
  ({ dice }) =>
    move('describeGap', dice.one(people), {
      kind: dice.one(['guard_rail', 'prompt_only']),
      text: prose(`Gap ${dice.below(9)}`),
    }),
  ({ state, dice }) =>
    move('proveItem', engine, {
      item: dice.one(['eval_regression', 'alert_or_flag']),
      ok: dice.chance(0.5),
      basis: lessonBasis(state),
      proof: 'It was run.',
    }),
  ({ dice }) =>
    move('attestItem', dice.one(people), {
      item: dice.one(['trace_exported', 'eval_regression', 'alert_or_flag']),
      link: 'https://evals.example.org/2',
      reason: prose('It runs.'),
    }),
  ({ dice }) => move('finalisePostmortem', dice.one(people), {}),
  ({ state }) => move('planDistribution', engine, planning(Math.max(1, state.postmortem.version))),
  ({ dice }) => move('releaseAgent', dice.one(people), { reason: prose('Pinned.') }),
  ({ dice }) => move('acknowledge', dice.one(people), {}),
  ({ dice }) => move('takeOwnership', dice.one(people), {}),
  ({ dice }) => move('handOver', dice.one(people), { to: dice.one(people).id }),
  ({ dice }) => move('setSeverity', dice.one(people), { severity: dice.one(['sev1', 'sev2', 'sev3']) }),
  ({ dice }) => move('addNote', dice.one(people), { text: prose('A note.') }),
  ({ dice }) => move('withdrawEnding', dice.one(people), {}),
  ({ dice }) => move('requestClose', dice.one(people), {}),
  () => move('tick', engine, {}),
  () => move('tick', engine, {}),
];

export const detour: Detour = (scene) => scene.dice.one(detours)(scene);

const lateThoughts: Detour[] = [
  edit,
  ({ dice, fresh }) =>
    move('addFactor', dice.one(people), {
      factorId: fresh('f'),
      kind: 'process',
      text: prose(`Factor ${dice.below(40)}`),
    }),
  (scene) => target(scene, scene.dice.below(3)),
  (scene) => newSeal(scene, session(scene)),
];
/** What comes up when the postmortem is final already. */
export const lateThought: Detour = (scene) => scene.dice.one(lateThoughts)(scene);

/** Proposes an ending that is not closure, or seconds it. */
export const towardsEnding: Detour = (scene) =>
  scene.state.ending
    ? move('secondEnding', scene.dice.one(people), { reason: null })
    : move('proposeEnding', scene.dice.one(people), ending(scene));

/** Released, proposed and seconded as a bug. */
export const towardsBug: Detour = (scene) => {
  const { state, dice } = scene;
  if (state.held && dice.chance(0.7))
    return move('releaseAgent', dice.one(people), { reason: prose('Fixed.') });
  if (state.ending) return move('secondEnding', dice.one(people), { reason: null });
  return move('proposeEnding', dice.one(people), {
    kind: 'resolved_as_bug',
    reason: prose('A prompt edit.'),
    fixUrl: 'https://git.example.org/1',
    intoIncidentId: null,
  });
};

const types = Object.keys(decisions) as CommandType[];
const strangers: Actor[] = [
  engine,
  source,
  looker,
  owner,
  ana,
  kim,
  person('slack:UFAKE', ['responder', 'approver']),
];

/** Any command from anybody, its words from nowhere: nearly always refused. */
export const nonsense: Detour = ({ dice }) => {
  const type = dice.one(types);
  return move(type, dice.one(strangers), wordsOf(type));
};
