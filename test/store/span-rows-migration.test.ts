import { Kysely, PostgresDialect, sql } from 'kysely';
import { up as moveToChunks } from '../../src/store/migrations/005-span-chunks.ts';
import { up as createRows } from '../../src/store/migrations/002-spans.ts';
import { createSpanStore } from '../../src/store/spans/store.ts';
import { connect, openPool } from '../../src/store/connection.ts';
import { freshDatabase } from '../support/postgres.ts';
import { START_MS } from './events.ts';
import { span } from './spans-support.ts';

it('spans that an earlier release kept as rows are read as they were', async () => {
  const database = await freshDatabase();
  const db = connect(database.url, 1);
  const pool = openPool(database.url, 1);
  const old = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await createRows(old);
    const spans = [
      span({ name: 'a', attributes: { said: 'nul \u0000 and "quotes"', deep: { list: [1, null, 'x'] } } }),
      span({ name: 'b', at: 1, session: null, parent: 'a' }),
      span({ trace: 't2', name: 'c', at: 2, links: [['t1', 'b']] }),
    ];
    await sql`insert into span_resource values ('r', ${JSON.stringify(spans[0]?.resource)})`.execute(old);
    for (const { resource: _, ...body } of spans) {
      const session = body.attributes['session.id'] ?? null;
      const startMs = Number(body.startNano) / 1e6;
      await sql`
        insert into span (agent, trace_id, span_id, parent_span_id, session_id, arrived_at_ms, start_ms, end_ms, resource, body)
        values ('loan-agent', ${body.traceId}, ${body.spanId}, ${body.parentSpanId}, ${session}, ${START_MS}, ${startMs},
          ${startMs + 500}, 'r', ${JSON.stringify(body)})`.execute(old);
    }
    await moveToChunks(old);
    const store = createSpanStore({ db, pool, now: () => START_MS });
    const page = await store.sessionSpans('s1', { after: null, limit: 10, agent: 'loan-agent' });
    expect(page.spans).toEqual(spans);
    expect(await store.sessionMetadata('s1')).toEqual({
      spans: 3,
      startedAtMs: START_MS,
      endedAtMs: START_MS + 2_500,
      newestArrivalMs: START_MS,
    });
  } finally {
    await old.destroy();
    await db.destroy();
    await database.drop();
  }
});
