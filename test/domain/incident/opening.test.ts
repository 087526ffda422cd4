import { isAllContained, isSessionContained } from '../../../src/domain/incident/containment.ts';
import {
  alert,
  ana,
  ben,
  engine,
  MINUTE,
  owner,
  prose,
  receiveAlert,
  source,
  story,
  suggestAnalysis,
} from './story.ts';

describe('an alert', () => {
  it('opens the incident: hold first, its session joins with a target, nothing is read', () => {
    const life = story().opened();
    expect(life.lastTypes()).toEqual([
      'incidentOpened',
      'agentHeld',
      'alertReceived',
      'sessionJoined',
      'targetAdded',
    ]);
    expect(life.state).toMatchObject({
      status: 'open',
      agent: 'loan-agent',
      ownerIds: [owner.id],
      severity: 'sev2',
      held: true,
    });
    expect(life.state.targets['session:s1']).toMatchObject({
      status: 'pending',
      sessionId: 's1',
      attempts: 0,
    });
  });

  it('joins the open incident, counts, and raises the severity but never lowers it', () => {
    const life = story().opened();
    life.give('receiveAlert', source, receiveAlert({ alert: alert({ alertId: 'a2', severity: 'sev4' }) }));
    expect(life.lastTypes()).toEqual(['alertReceived']);
    life.give('receiveAlert', source, receiveAlert({ alert: alert({ alertId: 'a3', severity: 'sev1' }) }));
    expect(life.lastTypes()).toEqual(['alertReceived', 'severitySet']);
    expect(life.state).toMatchObject({
      severity: 'sev1',
      alerts: { count: 3, first: { alertId: 'alert-1' }, last: { alertId: 'a3' } },
    });
  });

  it('widens the incident by a session it names that was not known', () => {
    const life = story()
      .opened()
      .give('receiveAlert', source, receiveAlert({ alert: alert({ sessionId: 's2' }) }));
    expect(Object.keys(life.state.sessions)).toEqual(['s1', 's2']);
    expect(isSessionContained(life.state, 's2')).toBe(false);
  });

  it('without a session opens all the same; sessions are offered and a person names one', () => {
    const life = story().opened({ alert: alert({ sessionId: null }) });
    life.give('offerSessions', engine, {
      candidates: [{ sessionId: 's7', because: 'Started minutes before.' }],
    });
    expect(life.state.offered).toHaveLength(1);
    life.give('nameSession', ana, { sessionId: 's7' });
    expect(life.lastTypes()).toEqual(['sessionJoined', 'targetAdded']);
    expect(life.state.sessions['s7']?.because).toBe('A person named it.');
  });

  it('links the incident that a re-fire follows', () => {
    expect(story().opened({ linkedFrom: 'inc-loan-0' }).state.linkedFrom).toBe('inc-loan-0');
  });
});

describe('sessions join', () => {
  it('found by the engine or named by a person, each with a target of its own', () => {
    const life = story()
      .opened()
      .give('joinSession', engine, { sessionId: 's2', because: 'Same failure pattern.' });
    life.give('joinSession', ana, { sessionId: 's3', because: 'Same tool.' });
    expect(Object.keys(life.state.targets)).toEqual(['session:s1', 'session:s2', 'session:s3']);
  });

  it('with ids as long as they get, and still one target each', () => {
    const long = 'x'.repeat(199);
    const life = story().opened();
    for (const end of ['a', 'b'])
      life.give('joinSession', engine, { sessionId: long + end, because: 'long' });
    expect(Object.values(life.state.targets).map((target) => target.sessionId)).toEqual([
      's1',
      `${long}a`,
      `${long}b`,
    ]);
  });
});

describe('containment', () => {
  const targetId = 'session:s1';
  const order = { targetId, action: 'kill' as const, adapter: 'stop-switch' };
  const report = (status: 'confirmed' | 'unconfirmed' | 'already_ended' | 'awaiting_person') => ({
    targetId,
    status,
    evidence: 'x',
  });

  it.each([
    ['confirmed', true],
    ['already_ended', true],
    ['unconfirmed', false],
    ['awaiting_person', false],
  ] as const)('%s counts as contained: %s', (status, contained) => {
    const life = story()
      .opened()
      .give('orderContainment', engine, order)
      .give('reportContainment', engine, report(status));
    expect(isAllContained(life.state)).toBe(contained);
    expect(life.state.targets[targetId]).toMatchObject({ status, action: 'kill', attempts: 1 });
  });

  it('unconfirmed is tried again, by the engine or by a person', () => {
    const life = story()
      .opened()
      .give('orderContainment', engine, order)
      .give('reportContainment', engine, report('unconfirmed'));
    life.give('orderContainment', engine, order).give('reportContainment', engine, report('unconfirmed'));
    life.give('retryContainment', ana, { targetId });
    expect(life.state.targets[targetId]).toMatchObject({ status: 'pending', attempts: 2 });
    life.give('orderContainment', engine, order).give('reportContainment', engine, report('confirmed'));
    expect(isAllContained(life.state)).toBe(true);
  });

  it('a person may answer for it', () => {
    const life = story()
      .opened()
      .give('takeOverContainment', ana, { targetId, reason: prose('I stopped the pod.') });
    expect(life.state.targets[targetId]).toMatchObject({
      status: 'taken_over',
      evidence: `A person answers for it: ${ana.id}.`,
    });
    expect(isAllContained(life.state)).toBe(true);
  });

  it('a subagent that is not allow-listed waits for a person, and holds its session open', () => {
    const target = {
      targetId: 'subagent:t2',
      kind: 'subagent' as const,
      agent: 'letter-agent',
      sessionId: 's1',
      allowListed: false,
    };
    const life = story().opened().contained().give('addTarget', engine, { target });
    expect(life.state.targets['subagent:t2']?.status).toBe('awaiting_person');
    expect(isSessionContained(life.state, 's1')).toBe(false);
    expect(life.sealed().answer('suggestAnalysis', engine, suggestAnalysis())).toBe('not-contained');
    life
      .give('retryContainment', ana, { targetId: 'subagent:t2' })
      .give('orderContainment', engine, { ...order, targetId: 'subagent:t2' });
    life.give('reportContainment', engine, { ...report('confirmed'), targetId: 'subagent:t2' });
    expect(life.answer('suggestAnalysis', engine, suggestAnalysis())).toBe('ok');
  });

  it('no session at all is not contained', () => {
    expect(isAllContained(story().opened({ alert: alert({ sessionId: null }) }).state)).toBe(false);
  });

  it('the hold ends only by a person, on record', () => {
    const life = story()
      .opened()
      .give('releaseAgent', ana, { reason: prose('Pinned the contract.') });
    expect(life.lastTypes()).toEqual(['agentReleased']);
    expect(life.state.held).toBe(false);
  });
});

describe('running it', () => {
  it('is acknowledged, owned, handed over, and annotated', () => {
    const life = story().opened().wait(MINUTE).give('takeOwnership', ana, {});
    expect(life.lastTypes()).toEqual(['acknowledged', 'ownerSet']);
    life
      .give('handOver', ana, { to: ben.id })
      .give('addNote', ben, { text: prose('Vendor called.') })
      .give('setSeverity', ben, { severity: 'sev1' });
    expect(life.state).toMatchObject({
      ownerId: ben.id,
      notes: 1,
      severity: 'sev1',
      acknowledgedAt: life.at,
    });
    const acknowledged = story()
      .opened()
      .give('acknowledge', ana, {})
      .wait(MINUTE)
      .give('takeOwnership', ben, {});
    expect(acknowledged.lastTypes()).toEqual(['ownerSet']);
  });
});
