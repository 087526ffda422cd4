import type { ToolManifest } from '../../../src/domain/tools.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { SessionBuilder } from '../session-builder.ts';

const tools: ToolManifest = { tools: { tickets: { effect: 'read' }, job: { effect: 'read' } } };
const rows = (n: number) => Array.from({ length: n }, (_, i) => ({ key: `OPS-${3100 + i * 7}`, open: true }));
type Then = (b: SessionBuilder) => SessionBuilder;
const firm = (talk: Then) => {
  const session = talk(
    new SessionBuilder('p').user('How many tickets are open, and what did JOB-2291 cost in total?'),
  ).build();
  return {
    last: session.steps.length,
    found: analyse(session, { tools }).faultOrigin.candidates.filter((c) => c.score > 0.33),
  };
};
const page =
  (answer: unknown, said: string): Then =>
  (b) =>
    b.use('tickets', { state: 'open' }, answer).model({ text: said });
const JOB = {
  id: 'JOB-2291',
  lines: [
    { what: 'new roof tiles', price: 418.2 },
    { what: 'scaffold', price: 1290 },
    { what: 'gutter', price: 88.5 },
  ],
};
const job =
  (said: string, answer: unknown = JOB): Then =>
  (b) =>
    b.use('job', { id: 'JOB-2291' }, answer).model({ text: said });

describe('a part that is told as the whole', () => {
  it.each<[string, Then]>([
    ['has_more', page({ tickets: rows(5), has_more: true }, 'There are 5 open tickets.')],
    ['a next cursor', page({ data: rows(6), nextPageToken: 'eyJvIjo2fQ' }, 'You have six open tickets.')],
    [
      'another verb',
      page(
        { items: rows(7), hasMore: true },
        'Your team opened a lot: they closed 7 of them, you opened 7 tickets.',
      ),
    ],
    ['a link', page({ items: rows(4), links: { next: '/t?page=2' } }, 'I found 4 tickets that are open.')],
    ['a total', page({ results: rows(4), total_count: 31 }, 'In total 4 tickets are open.')],
    [
      'pages',
      page(
        { list: rows(4), meta: { page: 1, pages: 3 } },
        'These are all open tickets: OPS-3100 and three others.',
      ),
    ],
    [
      'truncation',
      page({ rows: rows(3), truncated: true }, 'OPS-3100 is the only one that matters. All 3 are open.'),
    ],
    ['a bare total of pages', page({ rows: rows(3), total: 12, limit: 3 }, 'Es gibt 3 offene Tickets.')],
    ['one line as the sum', job('JOB-2291 came to $1,290.00 in total.')],
    ['a small line as the sum', job('The total price of JOB-2291 is $88.50.')],
  ])('is found: %s', (_, talk) => {
    const { found, last } = firm(talk);
    expect(found.map((c) => c.step)).toEqual([last]);
    expect(found[0]?.citations[1]?.step).toBe(last - 1);
  });

  it.each<[string, Then]>([
    ['there is no more', page({ tickets: rows(5), has_more: false }, 'There are 5 open tickets.')],
    [
      'the total is that of the list',
      page({ tickets: rows(5), total: 5, limit: 20 }, 'There are 5 open tickets.'),
    ],
    [
      'the agent says that there is more',
      page({ tickets: rows(5), has_more: true }, 'Here are 5 tickets; there are more.'),
    ],
    [
      'it says how many there are',
      page({ tickets: rows(5), total_count: 31 }, 'I found 5 tickets here, 31 are open.'),
    ],
    ['another number is told', page({ tickets: rows(5), has_more: true }, 'You have 2 days left.')],
    [
      'the rest was read',
      (b) =>
        b
          .use('tickets', { state: 'open' }, { tickets: rows(5), has_more: true })
          .use('tickets', { state: 'open', page: 2 }, { tickets: rows(5), has_more: true })
          .model({ text: 'There are 5 open tickets of each kind.' }),
    ],
    ['the total is an amount', page({ tickets: rows(3), total: 418 }, 'There are 3 tickets.')],
    ['what comes next is a day', page({ visits: rows(3), next: '2026-05-04' }, 'You have 3 tickets.')],
    ['the list ends', page({ tickets: rows(3), next: null, nextCursor: '' }, 'There are 3 tickets.')],
    ['the sum is told', job('JOB-2291 came to $1,796.70 in total.')],
    ['the line is named', job('For JOB-2291 the scaffold costs $1,290.00 in total.')],
    ['it is a refund', job('The total refund for JOB-2291 is $88.50.')],
    ['it is the amount of all', job('JOB-2291 came to $1,290.00 in total.', { ...JOB, agreed: 1290 })],
    ['it names no thing', job('That makes $1,290.00 in total.')],
    ['it is told among others', job('JOB-2291: $88.50 and $1,290.00, $1,378.50 in total.')],
  ])('is not doubted where %s', (_, talk) => {
    expect(firm(talk).found).toEqual([]);
  });
});
