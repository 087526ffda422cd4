import type { Target } from '../../../../src/domain/incident/vocabulary.ts';
import {
  ana,
  engine,
  prose,
  receiveAlert,
  seal,
  sha,
  source,
  story,
  suggestAnalysis,
  type Story,
} from '../story.ts';
import { refused } from './example.ts';

const opened = (): Story => story().opened();
const contained = (): Story => opened().contained();
const order = { targetId: 'session:s1', action: 'pause' as const, adapter: 'stop-switch' };
const confirmed = { targetId: 'session:s1', status: 'confirmed' as const, evidence: 'held' };
const target = (over: Partial<Target> = {}): Target => ({
  targetId: 'subagent:t2',
  kind: 'subagent',
  agent: 'letter-agent',
  sessionId: 's1',
  allowListed: false,
  ...over,
});
const nowhere = 'session:nowhere';

export const opening = [
  refused('receiveAlert', 'other-agent', source, opened, receiveAlert({ agent: 'another-agent' })),
  refused('offerSessions', 'session-known', engine, opened, { candidates: [] }),
  refused('nameSession', 'session-known', ana, opened, { sessionId: 's2' }),
  refused('joinSession', 'session-known', engine, opened, { sessionId: 's1', because: 'again' }),
  refused('addTarget', 'unknown-session', engine, opened, { target: target({ sessionId: 'nowhere' }) }),
  refused('addTarget', 'no-change', engine, opened, { target: target({ targetId: 'session:s1' }) }),
  refused('orderContainment', 'unknown-target', engine, opened, { ...order, targetId: nowhere }),
  refused('orderContainment', 'target-contained', engine, contained, order),
  refused(
    'orderContainment',
    'not-waiting',
    engine,
    () => opened().give('addTarget', engine, { target: target() }),
    {
      ...order,
      targetId: 'subagent:t2',
    },
  ),
  refused('reportContainment', 'unknown-target', engine, opened, { ...confirmed, targetId: nowhere }),
  refused('reportContainment', 'target-contained', engine, contained, {
    ...confirmed,
    status: 'unconfirmed',
  }),
  refused('reportContainment', 'not-ordered', engine, opened, confirmed),
  refused('takeOverContainment', 'unknown-target', ana, opened, {
    targetId: nowhere,
    reason: prose('I pulled the plug.'),
  }),
  refused('takeOverContainment', 'target-contained', ana, contained, {
    targetId: 'session:s1',
    reason: prose('x'),
  }),
  refused('retryContainment', 'unknown-target', ana, opened, { targetId: nowhere }),
  refused('retryContainment', 'not-waiting', ana, opened, { targetId: 'session:s1' }),
  refused('releaseAgent', 'not-held', ana, () => opened().give('releaseAgent', ana, { reason: prose('x') }), {
    reason: prose('x'),
  }),
  refused(
    'releaseAgent',
    'reversals-running',
    ana,
    () => {
      const life = story().investigated();
      life.asked('r1', 'status').give('breakGlass', ana, {
        requestId: 'r1',
        seen: life.seen('r1'),
        indices: 'all',
        reason: prose('x'),
      });
      return life.give('orderReversals', engine, { batchId: 'b1', requestId: 'r1', indices: [[0, 1]] });
    },
    { reason: prose('x') },
  ),
];

const sealed = (): Story => contained().sealed();
const analysed = (): Story => sealed().analysed();
const moded = (): Story => analysed().give('confirmMode', ana, { mode: 'tool_misfire', misfit: null });
const suggested = { sessionId: 's1', analysisSha256: suggestAnalysis().analysisSha256 };
const withSecond = (life: Story): Story =>
  life.give('joinSession', engine, { sessionId: 's2', because: 'same pattern' }).contained('s2');

export const analysis = [
  refused('reportSeal', 'unknown-session', engine, contained, { seal: seal({ sessionId: 'nowhere' }) }),
  refused('reportSeal', 'grace-running', engine, opened, { seal: seal() }),
  refused('reportSeal', 'seal-order', engine, contained, { seal: seal({ sealNumber: 2 }) }),
  refused('reportSealTrouble', 'unknown-session', engine, opened, {
    sessionId: 'nowhere',
    percentOfDeadline: 50,
    reason: 'slow',
  }),
  refused('suggestAnalysis', 'unknown-session', engine, sealed, suggestAnalysis({ sessionId: 'nowhere' })),
  refused('suggestAnalysis', 'not-contained', engine, () => opened().sealed(), suggestAnalysis()),
  refused('suggestAnalysis', 'not-sealed', engine, contained, suggestAnalysis()),
  refused(
    'suggestAnalysis',
    'stale-analysis',
    engine,
    () => sealed().sealed({ sealNumber: 2 }),
    suggestAnalysis(),
  ),
  refused('confirmMode', 'no-analysis', ana, sealed, { mode: 'tool_misfire', misfit: null }),
  refused('confirmMode', 'misfit-needed', ana, () => sealed().analysed({ mode: 'unknown' }), {
    mode: 'tool_misfire',
    misfit: null,
  }),
  refused('confirmMode', 'no-change', ana, moded, { mode: 'tool_misfire', misfit: null }),
  refused('completeFirstAction', 'no-first-action', ana, sealed, { note: prose('done') }),
  refused('confirmOrigin', 'unknown-session', ana, moded, { sessionId: 'nowhere', step: 3 }),
  refused('confirmOrigin', 'no-analysis', ana, () => withSecond(moded()).sealed({ sessionId: 's2' }), {
    sessionId: 's2',
    step: 3,
  }),
  refused('confirmOrigin', 'mode-first', ana, analysed, { sessionId: 's1', step: 3 }),
  refused('confirmOrigin', 'no-such-step', ana, moded, { sessionId: 's1', step: 10 }),
  refused('confirmOrigin', 'no-change', ana, () => analysed().located(), { sessionId: 's1', step: 3 }),
  refused('confirmCascade', 'origin-first', ana, moded, { path: [3, 5, 9] }),
  refused('confirmCascade', 'path-not-increasing', ana, () => analysed().located(), { path: [3, 5, 5, 9] }),
  refused('confirmCascade', 'path-wrong-start', ana, () => analysed().located(), { path: [4, 9] }),
  refused('confirmCascade', 'no-such-step', ana, () => analysed().located(), { path: [3, 10] }),
  refused('confirmCascade', 'path-wrong-end', ana, () => analysed().located(), { path: [3, 5] }),
  refused('confirmAnalysis', 'no-analysis', ana, sealed, suggested),
  refused('confirmAnalysis', 'stale-analysis', ana, analysed, { ...suggested, analysisSha256: sha('older') }),
  refused('confirmAnalysis', 'misfit-needed', ana, () => sealed().analysed({ mode: 'unknown' }), suggested),
  refused('confirmAnalysis', 'origin-first', ana, () => sealed().analysed({ candidates: [] }), suggested),
  refused(
    'confirmAnalysis',
    'path-wrong-start',
    ana,
    () => moded().give('confirmOrigin', ana, { sessionId: 's1', step: 4 }),
    suggested,
  ),
  refused('confirmAnalysis', 'no-such-step', ana, () => sealed().analysed({ symptomStep: 60 }), suggested),
  refused(
    'confirmAnalysis',
    'no-change',
    ana,
    () => analysed().give('confirmAnalysis', ana, suggested),
    suggested,
  ),
];
