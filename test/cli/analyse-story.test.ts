import { storyOf } from '../../src/cli/analyse-story.ts';
import { analyse } from '../../src/forensics/analyse.ts';
import { learnProfile } from '../../src/forensics/learned/profile.ts';
import {
  cleanLoans,
  loanSession,
  LOAN_TOOLS,
  plainIncome,
  SessionBuilder,
} from '../forensics/session-builder.ts';

const options = { tools: LOAN_TOOLS, profile: learnProfile(cleanLoans()) };
const drifted = loanSession(
  80,
  (income, n) => {
    const { annual_income, ...rest } = plainIncome(income, n) as Record<string, unknown>;
    return { ...rest, gross: annual_income };
  },
  'declined',
);

describe('the story of a session', () => {
  it('is at most twenty lines: mode, origin with a quotation, path, blast radius, what to read first', () => {
    const lines = storyOf(analyse(drifted, options)).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(20);
    const text = lines.join('\n');
    for (const part of [
      'Failure mode   tool misfire, firm (',
      'Fault origin   step 4, firm: the field `annual_income` of `verify` was renamed to `gross`',
      '"gross"',
      'first irreversible action at step 8',
      'Path           4 → ',
      'step 8  mail on APL-',
      'Read first     steps 4,',
    ])
      expect(text).toContain(part);
  });

  it('says so when it does not know', () => {
    const text = storyOf(analyse(loanSession(81), options));
    expect(text).toContain('unknown, nothing speaks for any of the four');
    expect(text).toContain("Fault origin   I don't know; a place to start is step");
  });

  it('lets nothing of the trace move the cursor or turn the line around', () => {
    const nasty = '\u001b[2J\u001b]0;owned\u0007 APP-700900\r\u202egnol';
    const text = storyOf(
      analyse(
        new SessionBuilder(nasty)
          .user(nasty)
          .use(nasty, { application: 'APP-733333' }, nasty)
          .model({ text: nasty })
          .build(),
        options,
      ),
    );
    expect(
      [...text].filter((c) => c !== '\n' && /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/.test(c)),
    ).toEqual([]);
  });

  it('stays short however much was done and said', () => {
    const b = new SessionBuilder('many').user('Mail everybody.');
    for (let i = 0; i < 60; i += 1)
      b.use('mail', { applicant: `APL-${500_000 + i}`, template: 'x'.repeat(3000) }, { mailed: true });
    const lines = storyOf(analyse(b.build(), options)).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(Math.max(...lines.map((l) => l.length))).toBeLessThanOrEqual(200);
  });

  it('shows what a model was asked and answered', () => {
    const a = analyse(drifted, options);
    const advice = {
      model: 'm',
      because: 'It is the rename.',
      cites: [4],
      inputTokens: 1,
      outputTokens: 1,
      costUsd: null,
    };
    expect(storyOf({ ...a, advice: { ...advice, step: 4, refused: null } })).toContain(
      'A model says   m, an opinion: step 4 (steps 4): It is',
    );
    expect(storyOf({ ...a, advice: { ...advice, step: null, refused: 'it cites no step' } })).toContain(
      'gave no advice',
    );
  });
});
