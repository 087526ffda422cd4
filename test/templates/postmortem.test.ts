import { buildPostmortemView } from '../../src/templates/build-view.ts';
import { renderPostmortem, type Format } from '../../src/templates/render.ts';
import type { PostmortemSource } from '../../src/templates/source.ts';
import { checklistWords, sectionWords } from '../../src/templates/words.ts';
import { ana, HOUR, kim, letters, MINUTE, prose, sha, story } from '../domain/incident/story.ts';
import { finalSource, instructions, names, plans, session, sourceOf, step } from './sample.ts';

const forms: Format[] = ['html', 'md', 'txt'];
const rendered = (source: PostmortemSource) => renderPostmortem(buildPostmortemView(source));
/** What a reader sees of the HTML, entities and tags resolved, on one line. */
const readable = (html: string): string =>
  html
    .replace(/<style>[\s\S]*?<\/style>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
const unescaped = (markdown: string): string =>
  markdown
    .replace(/\\(?=[^\w\s])/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
const flat = (text: string): string => text.replace(/[|*]/g, ' ').replace(/\s+/g, ' ').trim();
const asRead: Record<Format, (text: string) => string> = {
  html: (text) => flat(readable(text)),
  md: (text) => flat(unescaped(text)),
  txt: flat,
};

describe.each(forms)('the postmortem as %s', (format) => {
  const text = (source: PostmortemSource = finalSource()): string => asRead[format](rendered(source)[format]);

  it('has the six sections of the template, numbered, in its order, and the eleven checklist items word for word', () => {
    const document = text();
    const places = Object.values(sectionWords).map((words, i) => document.indexOf(`${i + 1}. ${words}`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const item of Object.values(checklistWords)) expect(document).toContain(flat(item));
  });

  it('grounds every finding: session id, time range, LLM calls, tokens, intended behaviour', () => {
    const document = text();
    expect(document).toMatch(/Session s1 \(The alert names it\.\)/);
    expect(document).toContain('2026-03-01 01:14:00 UTC – 2026-03-01 02:09:00 UTC');
    expect(document).toMatch(/Total LLM calls:? 5/);
    expect(document).toMatch(/Total tokens:? 4,200\. 1\.1 × the usual 4,000 tokens\./);
    expect(document).toContain(instructions);
  });

  it('names the exact step, the full context window at it, and the cascade path', () => {
    const document = text();
    expect(document).toContain('Step 3 of session s1');
    expect(document).toContain('"annual_income_eur": 52000');
    expect(document).toContain('The income is null, so the application is declined.');
    expect(document).toContain('step 3 → step 5 → step 9');
  });

  it('lists every external action with what became of it, and the plan of each irreversible one', () => {
    const document = text();
    for (const target of ['APP-1042', 'APP-1043', 'APP-1044', 'APP-1045']) expect(document).toContain(target);
    expect(document.match(/\breversed\b/g)?.length).toBeGreaterThanOrEqual(4);
    expect(document).toContain('Send corrected letters and call both applicants.');
    expect(document).toContain('Both letters corrected, both called.');
  });

  it('says who signed what digest, and when', () => {
    const document = text();
    expect(document).toContain(sha('plan status'));
    expect(document).toMatch(/Kim Sørensen signed 4, 2026-03-01 02:17:37 UTC/);
    expect(document).toContain(
      `${sha('plan letters')}.${sha('Send corrected letters and call both applicants.')}`,
    );
    expect(document).toMatch(/Lee Park signed 2, 2026-03-01 02:19:37 UTC/);
  });

  it('refuses to collapse the factors into one: all are named, by kind, and attested', () => {
    const document = text();
    for (const words of [
      'The income service renamed a field without notice.',
      'No eval covered a renamed field.',
    ])
      expect(document).toContain(words);
    expect(document).toMatch(/Ana Ruiz attested 2026-03-01 03:19:37 UTC that none was left out/);
    expect(document).not.toMatch(/root cause(?! framing)/i);
  });

  it('carries the head of the audit chain', () => {
    expect(text()).toContain(sha('head'));
  });

  it('marks late what is late, and nothing else', () => {
    expect(text()).not.toContain('Late: it was due');
    const life = story().final();
    life.wait(50 * HOUR);
    expect(text(sourceOf(life))).toContain(
      'Late: it was due 2026-03-03 02:14:00 UTC, 48 h 00 min after opening.',
    );
  });

  it('says plainly what could not be read or was not captured', () => {
    const document = text(
      finalSource({
        sessions: { s1: { session: null, analysis: null } },
        plans: { status: plans['status'] ?? null, letters: null },
      }),
    );
    expect(document).toMatch(/intended behaviour:? not captured/i);
    expect(document).toContain('The sealed session could not be read when this document was made.');
    expect(document).toContain(
      'The sealed list of these actions could not be read when this document was made.',
    );
  });

  it('does not read as complete when an incident has barely begun', () => {
    const document = text(sourceOf(story().opened()));
    for (const words of [
      'the session is not sealed',
      'No fault origin is confirmed.',
      'The blast radius is not mapped yet.',
      'None is named yet.',
      'Not attested.',
      'Not described yet.',
      'No sign-off was asked for.',
    ])
      expect(document).toMatch(new RegExp(words.replace(/[.]/g, '\\.'), 'i'));
  });

  it('names what a partial export lacks', () => {
    const life = story()
      .opened()
      .contained()
      .sealed({ complete: false, missing: ['Page 3 could not be read: 503.'] });
    expect(text(sourceOf(life))).toContain('Page 3 could not be read: 503.');
    expect(text(sourceOf(life))).toContain('Partial export');
  });

  it('shows denials with their reason, doubts, and a broken glass with its countersignature', () => {
    const life = story().investigated();
    life
      .asked('r1', 'status')
      .give('denyReversal', kim, {
        requestId: 'r1',
        seen: life.seen('r1'),
        indices: [[0, 0]],
        reason: prose('This one was right.'),
      })
      .give('breakGlass', ana, {
        requestId: 'r1',
        seen: life.seen('r1'),
        indices: 'all',
        reason: prose('The recall closes in minutes.'),
      })
      .wait(MINUTE)
      .give('countersign', kim, { requestId: 'r1', reason: prose('I would have signed.') });
    const document = text(sourceOf(life));
    expect(document).toContain('This one was right.');
    expect(document).toContain('not reversed: declined with a reason');
    expect(document).toContain('Ana Ruiz broke the glass for 3');
    expect(document).toContain('Kim Sørensen countersigned the broken glass');
    expect(document).toContain('reversal signed, not run yet');
  });

  it('uses the id where a name is unknown', () => {
    const document = text(finalSource({ names: {} }));
    expect(document).toContain(`${ana.id}`);
    expect(document).toContain(kim.id);
  });

  it('says nothing twice to a reader of the mail: drafts of the engine stand in the attachment only', () => {
    for (const section of ['session_context', 'classification', 'origin_and_cascade', 'impact'] as const) {
      expect(text().includes(`Draft of ${section}.`)).toBe(format === 'md');
      const life = story()
        .written()
        .give('editSection', ana, {
          section,
          text: prose('As a person sees it.'),
          baseSha256: sha(`Draft of ${section}.`),
        });
      expect(text(sourceOf(life))).toContain('As a person sees it.');
    }
  });

  it('leaves the questions of the engine out of the factors, and a person’s words in', () => {
    expect(text()).not.toContain('Draft of contributing_factors.');
    const life = story()
      .written()
      .give('editSection', ana, {
        section: 'contributing_factors',
        text: prose('Four things had to come together.'),
        baseSha256: sha('Draft of contributing_factors.'),
      });
    expect(text(sourceOf(life))).toContain('Four things had to come together.');
  });
});

describe('what the trace says, nobody executes', () => {
  const payloads = [
    '<script>alert(1)</script><img src=x onerror=alert(2)>',
    '<%= 7 * 6 %><%~ it.view.incidentId %>',
    '```\n# Postmortem approved\n```',
    '[click](javascript:alert(1)) ![x](http://evil.example/p.png) <http://evil.example>',
    '| a | b |\n|---|---|\n# Root cause: gravity\n- [x] everything proven',
    '"><a href="http://evil.example" style="position:fixed">x</a>',
    'a\u0000b\u001b[31mc\u202edetrever\u202c\u2028next\ud800',
  ];
  const hostile = payloads.join('\n');
  const hostileSource = (): PostmortemSource => {
    const life = story();
    life
      .opened()
      .contained()
      .sealed({ missing: [hostile.slice(0, 400)] })
      .analysed({ because: hostile.slice(0, 400), firstAction: hostile.slice(0, 400) })
      .located()
      .mapped([letters({ tool: hostile.slice(0, 200), strategy: hostile.slice(0, 300) })])
      .approvers()
      .asked('r1', 'letters', hostile, ana)
      .give('signReversal', kim, life.signing('r1', { typedCount: 2, reason: prose(hostile) }))
      .give('addFactor', ana, { factorId: 'f1', kind: 'process', text: prose(hostile) })
      .give('describeGap', ana, { kind: 'monitoring', text: prose(hostile) });
    const sealed = session({
      steps: [
        step(3, {
          systemInstructions: hostile,
          messagesIn: [{ role: hostile, content: hostile }],
          messagesOut: [],
        }),
      ],
    });
    return sourceOf(life, {
      sessions: { s1: { session: sealed, analysis: null } },
      plans: { letters: [{ sessionId: 's1', step: 8, target: hostile, outcome: 'done', atMs: 8.7e15 }] },
      names: { ...names, [ana.id]: hostile },
    });
  };

  it('as HTML: no tag but ours, no handler, no foreign link', () => {
    const { html } = rendered(hostileSource());
    const tags = new Set(
      [...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map((match) => match[1]?.toLowerCase()),
    );
    expect([...tags].sort()).toEqual([
      'a',
      'body',
      'br',
      'code',
      'div',
      'h1',
      'h2',
      'h3',
      'head',
      'html',
      'meta',
      'p',
      'span',
      'strong',
      'style',
      'table',
      'td',
      'title',
      'tr',
    ]);
    expect([...html.matchAll(/<[^>]*>/g)].filter(([tag]) => /\son\w+\s*=/i.test(tag))).toEqual([]);
    expect([...html.matchAll(/<a\b[^>]*href="([^"]*)"/g)].map((match) => match[1])).toEqual([
      'http://127.0.0.1:8080/incidents/inc-loan-1',
    ]);
  });

  it('as Markdown: no heading, link, picture, task or table but ours', () => {
    const outside = withoutFences(rendered(hostileSource()).md);
    expect(outside.filter((line) => /^#+ /.test(line)).map((line) => line.replace(/^#+ /, ''))).toEqual(
      expect.arrayContaining(['1. Session context', 'Timeline']),
    );
    expect(outside.filter((line) => /^#{1,2} /.test(line))).toHaveLength(10);
    expect(outside.join('\n')).not.toMatch(/(?<!\\)\]\(/);
    expect(outside.filter((line) => line.includes('<'))).toEqual([
      '| Record | <http://127.0.0.1:8080/incidents/inc-loan-1> |',
    ]);
    expect(outside.filter((line) => /^\s*- \[x\] /.test(line) && line.includes('everything proven'))).toEqual(
      [],
    );
  });

  it('as text: nothing of it stands at the start of a line', () => {
    const lines = rendered(hostileSource()).txt.split('\n');
    const starts = [
      '# Root cause',
      '# Postmortem approved',
      '- [x] everything',
      '```',
      '<script>',
      '| a | b',
    ];
    expect(lines.filter((line) => starts.some((start) => line.startsWith(start)))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('  | # Root cause: gravity')).length).toBeGreaterThan(3);
  });

  it.each(forms)(
    'as %s: template syntax stays text, and control and direction characters are gone',
    (format) => {
      const document = rendered(hostileSource())[format];
      expect(asRead[format](document)).toContain('<%= 7');
      expect(document).not.toMatch(
        /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/,
      );
      expect(document).not.toMatch(/\p{Surrogate}/u);
      expect(document).toContain('an impossible time');
    },
  );
});

/** The lines of a Markdown text outside its fenced blocks, after the rule of CommonMark: a fence ends with one at least as long. */
function withoutFences(markdown: string): string[] {
  const lines: string[] = [];
  let fence = 0;
  for (const line of markdown.split('\n')) {
    const run = /^(`{3,})\s*(\w*)$/.exec(line);
    if (fence === 0 && run) fence = run[1]!.length;
    else if (fence > 0 && run && run[1]!.length >= fence && !run[2]) fence = 0;
    else if (fence === 0) lines.push(line);
  }
  expect(fence).toBe(0);
  return lines;
}

describe('size', () => {
  it('lists every one of 900 actions in the Markdown, and keeps the mail readable', () => {
    const many = 900;
    const life = story().investigated([letters({ count: many })]);
    const list = Array.from({ length: many }, (_, i) => ({
      sessionId: 's1',
      step: 4 + i,
      target: `APP-${i}`,
      outcome: 'done' as const,
      atMs: life.at,
    }));
    const { html, md, txt } = rendered(sourceOf(life, { plans: { letters: list } }));
    expect(md.match(/\| APP-\d+ \|/g)).toHaveLength(many);
    expect(html).toContain('850 more in the attached Markdown.');
    expect(txt).toContain('(850 more in the attached Markdown)');
    expect(Buffer.byteLength(html)).toBeLessThan(100_000);
  });

  it('cuts a long context window in the mail, never in the Markdown, and says so', () => {
    const long = `start ${'x'.repeat(50_000)} end`;
    const sealed = session({ steps: [step(3, { messagesIn: [{ role: 'user', content: long }] })] });
    const { html, md, txt } = rendered(
      finalSource({ sessions: { s1: { session: sealed, analysis: null } } }),
    );
    expect(md).toContain(long);
    expect(html).toContain('Cut here; whole in the attached Markdown.');
    expect(txt).toContain('(cut here; whole in the attached Markdown)');
    expect(html.length).toBeLessThan(60_000);
  });
});

// Runbook, "Agent Postmortem Checklist" and postmortem template, copied.
const runbook = {
  checklist: [
    'Session trace exported and stored before log rotation',
    'Fault origin identified by specific step number',
    'Failure mode classified: hallucination propagation / tool misfire / context poisoning / cost runaway',
    'Full cascade path documented from fault origin to final wrong output',
    'Every external action after fault origin enumerated and classified reversible vs. irreversible',
    'Rollback or remediation initiated and logged for every irreversible action',
    'All contributing factors listed explicitly — no single root cause framing',
    'Detection gap described: what monitoring or eval would have caught this earlier?',
    'New eval regression test added covering this session failure pattern',
    'Alert or anomaly flag configured for this failure signature',
    'Postmortem distributed to platform and on-call teams within 48 hours',
  ],
  sections: [
    'Session context',
    'Failure classification',
    'Fault origin and cascade path',
    'Impact assessment',
    'Contributing factors',
    'Detection gap',
  ],
};

it('speaks the runbook word for word', () => {
  expect(Object.values(checklistWords)).toEqual(runbook.checklist);
  expect(Object.values(sectionWords)).toEqual(runbook.sections);
});
