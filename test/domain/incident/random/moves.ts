import { alert, approverIds, engine, prose, receiveAlert, source } from '../story.ts';
import { type Move, move, type Scene, type Step, people } from './move.ts';
import { contain, preserve, analyse, locate, map } from './investigating.ts';
import { ask, sign, reverse } from './approving.ts';
import { write, prove, finish } from './finishing.ts';

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
