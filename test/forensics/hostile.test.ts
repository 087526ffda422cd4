import { analyse } from '../../src/forensics/analyse.ts';
import { learnProfile, Profile } from '../../src/forensics/learned/profile.ts';
import { spansFromOtlpJson } from '../../src/forensics/read/otlp-json.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { attributes, cleanLoans, LOAN_TOOLS, rawSpan, SessionBuilder } from './session-builder.ts';

const profile = learnProfile(cleanLoans());
const options = { tools: LOAN_TOOLS, profile, tokenBudget: 1000 };
const MILLION = 1_000_000;
const long = (piece: string, length = MILLION): string => piece.repeat(Math.ceil(length / piece.length));

/** Texts on which a careless pattern backtracks without end; each would hold a quadratic one for hours. */
const ATTACKS: [string, string][] = [
  ['one word', long('a')],
  ['joints', long('a-')],
  ['joints that end in nothing', `${long('a_')}!`],
  ['hashes', long('#')],
  ['digits', long('1')],
  ['spaces', long(' ')],
  ['line ends', long('\n')],
  ['quotes', long('"')],
  ['open braces', long('{')],
  ['open brackets in JSON', long('[')],
  ['"original" again and again', long('original ')],
  ['"change from" without an end', long('change it from ')],
  ['a goal without an end', long('my goal ')],
  ['a count without an end', long('there are 12')],
  ['deeds without an end', long('I have been ')],
  ['deeds in German without an end', long('ich habe ge ')],
  ['sentences without an end', long('a.')],
  ['an error page without an end', `<html>${long('bad gateway ')}`],
  ['totals without an end', long('in total 12.00 ')],
  ['letters beyond the first plane', long('𝒜')],
  ['halves of such letters', long('\ud835')],
  ['combining marks', long('e\u0301')],
  ['dates', long('2025-01-01T00:00:00')],
  ['mail addresses', long('a@')],
];

describe('a trace made to hurt its reader', () => {
  it.each(ATTACKS)('is read to its end: %s', (_, text) => {
    const b = new SessionBuilder('h')
      .user(text.slice(0, MILLION / 4))
      .use('find', { application: text.slice(0, MILLION / 4) }, { note: text, list: [text.slice(0, 1000)] })
      .model({ text })
      .user('Go on.')
      .use('mail', { applicant: 'APL-111222', template: text.slice(0, MILLION / 4) }, text);
    const a = analyse(b.build(), options);
    expect(a.steps).toBe(5);
    expect(a.blastRadius.actions.map((x) => x.tool)).toEqual(['mail']);
    for (const c of [...a.findings, ...a.faultOrigin.candidates].flatMap((x) => x.citations))
      expect(c.quote.length).toBeLessThanOrEqual(300);
  });

  it('teaches a profile nothing but a shape, however wide and deep an answer is', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`) as unknown;
    const wide = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`k${i}`, i]));
    const session = new SessionBuilder('wide')
      .user('x')
      .use('find', { application: 'APP-700100' }, wide)
      .use('verify', { applicant: 'APL-400100' }, deep)
      .model({ text: 'done' })
      .build();
    const learned = learnProfile([session, session]);
    expect(Profile.parse(JSON.parse(JSON.stringify(learned))).tools['find']?.calls).toBe(2);
    expect(analyse(session, { ...options, profile: learned }).steps).toBe(5);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'is not bent by the name %s, as tool, argument, field, agent or attribute',
    (name) => {
      const args = JSON.parse(`{"${name}":{"id":"APP-700200","polluted":true}}`) as unknown;
      const answer = JSON.parse(`{"${name}":{"polluted":"yes"},"applicant":"APL-400200"}`) as unknown;
      const session = () =>
        new SessionBuilder('p', name)
          .user(name)
          .use(name, args, answer)
          .use(name, args, answer)
          .use('find', args, answer)
          .model({ text: name })
          .build();
      const learned = learnProfile([session(), session(), session()]);
      const a = analyse(session(), { tools: LOAN_TOOLS, profile: learned });
      expect(a.blastRadius.actions.map((x) => [x.tool, x.unknownTool])).toEqual([
        [name, true],
        [name, true],
      ]);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      expect(Object.prototype.toString.call({})).toBe('[object Object]');
    },
  );

  it('with spans that are each other’s parents, twice there, skewed or without a beginning, is named so', () => {
    const chat = (spanId: string, over: object) =>
      rawSpan({
        spanId,
        attributes: attributes({ 'gen_ai.operation.name': 'chat', 'gen_ai.output.messages': '[{"role":' }),
        ...over,
      });
    const session = sessionFromSpans([
      chat('01', { parentSpanId: '02' }),
      chat('02', { parentSpanId: '01' }),
      chat('03', { parentSpanId: '03' }),
      chat('03', { name: 'another' }),
      chat('04', { parentSpanId: '99' }),
      chat('05', { startNano: '5000000', endNano: '1000000' }),
      chat('06', { endNano: null }),
    ]);
    const { completeness } = analyse(session, options);
    expect(completeness.complete).toBe(false);
    for (const part of [
      'cycle',
      'share an id',
      'not exported',
      'end before they start',
      'not ended',
      'prompt was not captured',
    ])
      expect(completeness.warnings.join('\n')).toContain(part);
  });

  it('that is no trace at all gives a report, never an error and never a clean one', () => {
    for (const value of [
      null,
      1,
      'x',
      [],
      {},
      [[]],
      { resourceSpans: [null, { scopeSpans: [{ spans: [null, 7, {}] }] }] },
    ]) {
      const { spans, warnings } = spansFromOtlpJson(value);
      expect(analyse(sessionFromSpans(spans, { warnings }), options).completeness.complete).toBe(false);
    }
  });
});
