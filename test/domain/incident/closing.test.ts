import { sealsBasis } from '../../../src/domain/incident/basis.ts';
import { checklistOf, openItems } from '../../../src/domain/incident/checklist.ts';
import { ChecklistItem } from '../../../src/domain/incident/vocabulary.ts';
import { ana, ben, engine, HOUR, prose, seal, sha, story, type Story } from './story.ts';

const proofOf = (life: Story, item: ChecklistItem): string =>
  checklistOf(life.state).find((one) => one.item === item)?.proof ?? '';
const isOpen = (life: Story, item: ChecklistItem): boolean => openItems(life.state).includes(item);

describe('the checklist', () => {
  it('has the runbook’s eleven items, all open at first, each saying the shortest way', () => {
    const life = story().opened();
    expect(checklistOf(life.state).map(({ item }) => item)).toEqual(ChecklistItem.options);
    expect(openItems(life.state)).toHaveLength(11);
    for (const { proof } of checklistOf(life.state)) expect(proof).toMatch(/^[A-Z].*\.$/);
  });

  it('one item after another is proven, and only then', () => {
    const life = story().opened().contained().sealed().analysed();
    const steps: [ChecklistItem[], () => unknown][] = [
      [['failure_mode'], () => life.give('confirmMode', ana, { mode: 'tool_misfire', misfit: null })],
      [['fault_origin'], () => life.give('confirmOrigin', ana, { sessionId: 's1', step: 3 })],
      [['cascade_path'], () => life.give('confirmCascade', ana, { path: [3, 9] })],
      [['actions_enumerated'], () => life.mapped().approvers()],
      [[], () => life.reversed()],
      [['remediation_logged'], () => life.remediated()],
      [['contributing_factors'], () => life.factors()],
      [['detection_gap'], () => life.gap()],
      [['trace_exported', 'eval_regression', 'alert_or_flag'], () => life.proven()],
      [[], () => life.sections().give('finalisePostmortem', ana, {}).planned().receipt('rcp-platform')],
      [['distributed'], () => life.receipt('rcp-oncall')],
    ];
    for (const [items, go] of steps) {
      const before = openItems(life.state);
      go();
      expect(before.filter((item) => !openItems(life.state).includes(item))).toEqual(items);
    }
    expect(openItems(life.state)).toEqual([]);
  });

  it.each([
    ['sealed too late', { sealedAtMs: 20, rotatesAtMs: 10 }, 'after its log had rotated'],
    ['partial', { complete: false, missing: ['Page 3: 503.'] }, 'Page 3: 503.'],
  ])('a trace that was %s never counts as exported', (_name, over, words) => {
    const life = story().opened().contained().sealed(over).analysed().located();
    life.proven();
    expect(proofOf(life, 'trace_exported')).toContain(words);
    expect(isOpen(life, 'trace_exported')).toBe(true);
  });

  it('a proof is of what it was made on: a later seal, a corrected origin or mode voids it', () => {
    const life = story().written();
    life.give('joinSession', engine, { sessionId: 's2', because: 'x' });
    expect(isOpen(life, 'trace_exported')).toBe(true);
    const moved = story().written().give('confirmMode', ana, { mode: 'context_poisoning', misfit: null });
    expect(openItems(moved.state)).toEqual(['eval_regression', 'alert_or_flag', 'distributed']);
  });

  it('a failed run says so, and is not outvoted by an older success', () => {
    const life = story().written();
    const { basis } = life.state.proofs.eval_regression!;
    life.give('proveItem', engine, {
      item: 'eval_regression',
      ok: false,
      basis,
      proof: 'It passes on variant 3.',
    });
    expect(proofOf(life, 'eval_regression')).toBe('It passes on variant 3.');
    expect(isOpen(life, 'eval_regression')).toBe(true);
  });

  it('a link counts when two people attest the same one', () => {
    const life = story().investigated();
    const link = {
      item: 'alert_or_flag' as const,
      link: 'https://alerts.example.org/7',
      reason: prose('It fires.'),
    };
    life.give('attestItem', ana, link);
    expect(proofOf(life, 'alert_or_flag')).toBe('A second person has to attest the link.');
    life.give('attestItem', ben, { ...link, link: 'https://alerts.example.org/8' });
    expect(isOpen(life, 'alert_or_flag')).toBe(true);
    life.give('attestItem', ana, { ...link, link: 'https://alerts.example.org/8' });
    expect(proofOf(life, 'alert_or_flag')).toContain('attested by 2 people');
    life.give('confirmOrigin', ana, { sessionId: 's1', step: 2 });
    expect(isOpen(life, 'alert_or_flag')).toBe(true);
  });

  it('a trace of which a part is gone for good counts when two people attest where the rest is, until the next seal', () => {
    const life = story().investigated();
    const cut = { complete: false, missing: ['The store cut 3 attributes.'] };
    life.sealed({ sealNumber: 2, ...cut });
    expect(proofOf(life, 'trace_exported')).toBe(
      'The export of s1 is partial: The store cut 3 attributes. Two people may attest where the rest is.',
    );
    const link = {
      item: 'trace_exported' as const,
      link: 'https://logs.example.org/7',
      reason: prose('All.'),
    };
    life.give('attestItem', ana, link);
    expect(proofOf(life, 'trace_exported')).toContain('A second person has to attest the link.');
    life.give('attestItem', ben, link);
    expect(proofOf(life, 'trace_exported')).toBe('The engine has yet to hash the evidence again.');
    life.give('proveItem', engine, {
      item: 'trace_exported',
      ok: true,
      basis: sealsBasis(life.state),
      proof: 'Every file is as it was sealed.',
    });
    expect(proofOf(life, 'trace_exported')).toBe(
      'Every file is as it was sealed. Partial; the rest: https://logs.example.org/7, attested by 2 people.',
    );
    life.sealed({ sealNumber: 3, ...cut, manifestSha256: 'd'.repeat(64) });
    expect(isOpen(life, 'trace_exported')).toBe(true);
  });

  it('actions are enumerated only when the newest seal of every session was analysed', () => {
    const life = story().written();
    life
      .give('joinSession', engine, { sessionId: 's2', because: 'Same pattern.' })
      .contained('s2')
      .sealed({ sessionId: 's2' });
    expect(proofOf(life, 'actions_enumerated')).toBe('The newest seal of session s2 is not analysed yet.');
    life.analysed({ sessionId: 's2' });
    expect(proofOf(life, 'actions_enumerated')).toBe('The engine has yet to map the blast radius.');
    life.mapped();
    expect(isOpen(life, 'actions_enumerated')).toBe(false);
    life.sealed({ sealNumber: 2 });
    expect(isOpen(life, 'actions_enumerated')).toBe(true);
  });

  it('a symptom that a later analysis moved opens the cascade path again', () => {
    const life = story().written().sealed({ sealNumber: 2, steps: 12 });
    life.analysed({ manifestSha256: seal({ sealNumber: 2 }).manifestSha256, symptomStep: 11 });
    expect(proofOf(life, 'cascade_path')).toContain('step 11');
    life.give('confirmCascade', ana, { path: [3, 9, 11] });
    expect(isOpen(life, 'cascade_path')).toBe(false);
  });

  it('factors that change have to be attested again', () => {
    const life = story()
      .written()
      .give('addFactor', ben, { factorId: 'f4', kind: 'process', text: prose('Nobody owned the contract.') });
    expect(proofOf(life, 'contributing_factors')).toBe('Attest that no contributing factor was left out.');
    life.give('removeFactor', ben, { factorId: 'f4' });
    expect(isOpen(life, 'contributing_factors')).toBe(true);
    life.give('attestFactors', ben, { factorIds: ['f3', 'f1', 'f2'] });
    expect(isOpen(life, 'contributing_factors')).toBe(false);
  });
});

describe('the postmortem', () => {
  it('opens when every irreversible action has its signed plan, while reversals may still run', () => {
    const life = story().investigated().remediated();
    expect(life.answer('draftSection', engine, { section: 'impact', text: prose('x') })).toBe('ok');
  });

  it('keeps a person’s words from the engine, and two people from each other', () => {
    const life = story()
      .investigated()
      .remediated()
      .give('draftSection', engine, { section: 'impact', text: prose('Draft.') });
    life.give('editSection', ana, { section: 'impact', text: prose('Mine.'), baseSha256: sha('Draft.') });
    expect(life.state.postmortem.sections.impact).toEqual({ text: prose('Mine.'), by: 'person' });
    expect(
      life.answer('editSection', ben, {
        section: 'impact',
        text: prose('Ben’s.'),
        baseSha256: sha('Draft.'),
      }),
    ).toBe('section-changed');
    expect(
      life.answer('editSection', ben, { section: 'impact', text: prose('Ben’s.'), baseSha256: sha('Mine.') }),
    ).toBe('ok');
  });

  it.each([
    [
      'its words change',
      (life: Story) =>
        life.give('editSection', ana, {
          section: 'impact',
          text: prose('New.'),
          baseSha256: sha('Draft of impact.'),
        }),
      'Its words have changed.',
    ],
    [
      'a factor is added',
      (life: Story) => life.give('addFactor', ana, { factorId: 'f9', kind: 'process', text: prose('New.') }),
      'Its words have changed.',
    ],
    [
      'what it says is no longer proven',
      (life: Story) => life.give('confirmOrigin', ana, { sessionId: 's1', step: 2 }),
      'No longer proven: cascade_path, actions_enumerated, remediation_logged, eval_regression, alert_or_flag.',
    ],
  ])('final, it opens again when %s', (_name, change, because) => {
    const life = change(story().final());
    expect(life.events.find((event) => event.type === 'postmortemReopened')).toMatchObject({
      data: { because },
    });
    expect(life.state.postmortem).toMatchObject({ final: false, version: 1 });
  });

  it('opened again after everybody had it, it is a new version with a distribution of its own', () => {
    const life = story()
      .distributed()
      .give('editSection', ana, {
        section: 'impact',
        text: prose('New.'),
        baseSha256: sha('Draft of impact.'),
      });
    expect(openItems(life.state)).toEqual(['distributed']);
    life.give('finalisePostmortem', ana, {});
    expect(life.state.postmortem.version).toBe(2);
    expect(openItems(life.state)).toEqual(['distributed']);
    life.planned().receipt('rcp-platform').receipt('rcp-oncall');
    expect(openItems(life.state)).toEqual([]);
  });
});

describe('the distribution', () => {
  it('is complete when every recipient has it, within 48 hours', () => {
    const life = story().final().planned().receipt('rcp-platform');
    expect(life.state.distributed).toBeNull();
    life.receipt('rcp-oncall');
    expect(life.lastTypes()).toEqual(['receiptReported', 'distributionCompleted']);
    expect(life.state.distributed).toMatchObject({ version: 1, late: false });
    expect(proofOf(life, 'distributed')).toBe('Every recipient has it, within 48 hours.');
  });

  it.each(['uncertain', 'refused'] as const)(
    '%s blocks it until a person says that they have it, or to send again',
    (status) => {
      const life = story().final().planned().receipt('rcp-platform').receipt('rcp-oncall', status);
      expect(life.state.distributed).toBeNull();
      const again = life.answer('settleReceipt', ana, {
        recipientId: 'rcp-oncall',
        outcome: 'send_again',
        reason: prose('x'),
      });
      expect(again).toBe('ok');
      life.give('settleReceipt', ana, {
        recipientId: 'rcp-oncall',
        outcome: 'sent',
        reason: prose('Ben has read it.'),
      });
      expect(life.lastTypes()).toEqual(['receiptSettled', 'distributionCompleted']);
    },
  );

  it('sent again, the recipient is pending again', () => {
    const life = story().final().planned().receipt('rcp-platform', 'uncertain');
    life.give('settleReceipt', ana, {
      recipientId: 'rcp-platform',
      outcome: 'send_again',
      reason: prose('x'),
    });
    expect(life.state.distribution?.receipts['rcp-platform']?.status).toBe('pending');
    expect(life.receipt('rcp-platform').state.distribution?.receipts['rcp-platform']?.status).toBe('sent');
  });

  it('late stays late: the breach is recorded once, and the item closes late', () => {
    const life = story().final().give('acknowledge', ana, {});
    for (const hours of [24, 16, 6]) {
      life.wait(hours * HOUR).give('tick', engine, {});
      expect(life.lastTypes()).toEqual(['distributionReminded']);
    }
    life.wait(2 * HOUR).give('tick', engine, {});
    expect(life.lastTypes()).toEqual(['distributionBreached']);
    expect(life.events.at(-1)).toMatchObject({ data: { openItems: ['distributed'] } });
    expect(life.answer('tick', engine, {})).toBe('no-change');
    expect(proofOf(life, 'distributed')).toContain('Late');
    life.planned().receipt('rcp-platform').receipt('rcp-oncall');
    expect(life.state.distributed?.late).toBe(true);
    life.give('releaseAgent', ana, { reason: prose('x') }).give('requestClose', ana, {});
    expect(life.events.at(-1)).toMatchObject({
      type: 'incidentEnded',
      data: { status: 'closed', late: true },
    });
  });

  it.each([
    ['the last millisecond in time', 48 * HOUR, false],
    ['one later', 48 * HOUR + 1, true],
  ])('%s', (_name, after, late) => {
    const life = story().final().planned().receipt('rcp-platform');
    life.wait(after - (life.at - life.state.openedAt)).receipt('rcp-oncall');
    expect(life.state.distributed?.late).toBe(late);
  });

  it('a later version is not late when the first was in time, and breaches nothing', () => {
    const life = story()
      .distributed()
      .give('acknowledge', ana, {})
      .wait(60 * HOUR);
    expect(life.answer('tick', engine, {})).toBe('no-change');
    life
      .give('addFactor', ana, { factorId: 'f9', kind: 'process', text: prose('New.') })
      .give('attestFactors', ana, { factorIds: ['f1', 'f2', 'f3', 'f9'] });
    life.give('finalisePostmortem', ana, {});
    expect(life.answer('tick', engine, {})).toBe('no-change');
    life.planned().receipt('rcp-platform').receipt('rcp-oncall');
    expect(life.state.distributed).toMatchObject({ version: 2, late: false });
  });
});
