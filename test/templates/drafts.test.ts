import { Section } from '../../src/domain/incident/vocabulary.ts';
import { breachNotice } from '../../src/templates/breach-notice.ts';
import { DRAFT_MAX, draftSections } from '../../src/templates/drafts.ts';
import { cut, duration, oneLine, utc } from '../../src/templates/text.ts';
import { HOUR, story } from '../domain/incident/story.ts';
import { finalSource, instructions, session, sourceOf, step } from './sample.ts';

const draftsOf = (source = sourceOf(story().investigated())): Record<Section, string> =>
  Object.fromEntries(draftSections(source).map(({ section, text }) => [section, text])) as Record<
    Section,
    string
  >;

describe('the engine’s drafts', () => {
  it('say something in each of the six sections, in the order of the template', () => {
    expect(draftSections(finalSource()).map(({ section }) => section)).toEqual(Section.options);
    for (const { text } of draftSections(finalSource())) expect(text.length).toBeGreaterThan(40);
  });

  it('take the intended behaviour from the sealed system instructions', () => {
    expect(draftsOf().session_context).toContain(
      `Intended behaviour (system instructions, step 1): ${instructions}`,
    );
  });

  it.each([
    [
      'a system message',
      { messagesIn: [{ role: 'system', content: 'Answer about loans only.' }] },
      'system message, step 1): Answer about loans only.',
    ],
    [
      'the stated objective',
      { objective: 'Decide APP-1042.' },
      'stated objective, step 1): Decide APP-1042.',
    ],
    [
      'the first request',
      { messagesIn: [{ role: 'user', content: 'Decide APP-1042.' }] },
      'first request, step 1): Decide APP-1042.',
    ],
    ['nothing', {}, 'Intended behaviour: not captured in the sealed session.'],
  ])('else from %s', (_name, over, words) => {
    const sealed = session({ steps: [step(1, over)] });
    const source = sourceOf(story().investigated(), {
      sessions: { s1: { session: sealed, analysis: null } },
    });
    expect(draftsOf(source).session_context).toContain(words);
  });

  it('give the exact origin, its cascade and what stood there', () => {
    expect(draftsOf().origin_and_cascade).toContain(
      'The wrong premise entered at step 3 of session s1 (tool verify_income).',
    );
    expect(draftsOf().origin_and_cascade).toContain('step 3 → step 5 → step 9');
  });

  it('ask about factors across all kinds and answer none', () => {
    const text = draftsOf().contributing_factors;
    for (const question of [
      'Model limitation?',
      'Prompt design gap?',
      'Tool interface contract change?',
      'Retrieval contamination?',
    ])
      expect(text).toContain(question);
    expect(text).toContain('TOOL_SCHEMA_DRIFT at step 3');
    expect(text).toContain('at least 3 contributing factors of at least 2 kinds');
  });

  it('ask the question of the detection gap in the words of the runbook', () => {
    expect(draftsOf().detection_gap).toContain(
      "Why didn't observability catch this before users were affected?",
    );
  });

  it('are at most 3,000 characters, however long and wild the trace is', () => {
    const wild = `\u0000\u202e${'𝕏'.repeat(20_000)}`;
    const life = story()
      .opened()
      .contained()
      .sealed()
      .analysed()
      .located()
      .mapped(
        Array.from({ length: 60 }, (_, i) => ({
          ...story().investigated().state.classes['status']!.spec,
          classId: `c${i}`,
          strategy: 's'.repeat(300),
          tool: 't'.repeat(200),
        })),
      );
    const source = sourceOf(life, {
      sessions: {
        s1: { session: session({ steps: [step(1, { systemInstructions: wild })] }), analysis: null },
      },
    });
    for (const { text } of draftSections(source)) {
      expect(text.length).toBeLessThanOrEqual(DRAFT_MAX);
      expect(text).not.toMatch(/[\u0000\u202e]|\p{Surrogate}/u);
    }
  });

  it('say what is not known yet instead of leaving it out', () => {
    const drafts = draftsOf(sourceOf(story().opened(), { sessions: {} }));
    expect(drafts.classification).toContain('not confirmed yet');
    expect(drafts.origin_and_cascade).toContain('not confirmed yet');
    expect(drafts.impact).toContain('not mapped yet');
  });
});

describe('the notice of the breach', () => {
  const life = story().investigated();
  life.wait(48 * HOUR).give('tick', { kind: 'engine', id: 'engine' }, {});
  const notice = breachNotice(life.state, 'http://127.0.0.1:8080/incidents/inc-loan-1');

  it('says status, open items and the link', () => {
    for (const text of [notice.text, notice.html]) {
      expect(text).toContain('it was due 2026-03-03 02:14:00 UTC');
      expect(text).toContain('Postmortem distributed to platform and on-call teams within 48 hours');
      expect(text).toContain('http://127.0.0.1:8080/incidents/inc-loan-1');
      expect(text).toContain('Open checklist items (7 of 11)');
    }
    expect(notice.subject).toBe('Late: postmortem of incident inc-loan-1');
  });

  it('holds nothing of the trace, the alert or what people wrote', () => {
    const told = JSON.stringify(notice);
    for (const words of ['set_application_status', 'renamed', 'Decline rate', 's1', 'slack:U', 'income'])
      expect(told).not.toContain(words);
  });
});

describe('text', () => {
  it('is cut without halving a character', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('ab…');
    expect(cut('a𝕏bc', 3)).toBe('a…');
  });

  it('is one line where one line is needed', () => {
    expect(oneLine('Subject\r\nBcc: evil@example.org\u2028x')).toBe('Subject Bcc: evil@example.org x');
  });

  it('says times and durations in words', () => {
    expect(utc(0)).toBe('1970-01-01 00:00:00 UTC');
    expect(duration(65_000)).toBe('1 min 05 s');
    expect(duration(48 * HOUR)).toBe('48 h 00 min');
    expect(duration(-5)).toBe('0 s');
  });
});
