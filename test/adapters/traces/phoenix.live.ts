// Against a running Phoenix: node --import tsx test/adapters/traces/phoenix.live.ts URL [--record DIR] FILE…
// Sends each recorded session, reads it back, and compares steps and analysis with the file.
import { isDeepStrictEqual } from 'node:util';
import { createPhoenixTraces } from '../../../src/adapters/traces/phoenix.ts';
import { readTraceFile } from '../../../src/adapters/traces/file.ts';
import { sessionFromSpans } from '../../../src/forensics/read/session.ts';
import { sendSpans } from './support/otlp-send.ts';
import { startRecorder } from './support/recorder.ts';
import { comparable, verdictOf } from './support/same-analysis.ts';

const [url = '', ...rest] = process.argv.slice(2);
const record = rest[0] === '--record' ? rest[1] : undefined;
const files = record === undefined ? rest : rest.slice(2);
const proxy = record === undefined ? null : await startRecorder(url, record);
const traces = createPhoenixTraces({
  url: proxy?.url ?? url,
  project: null,
  retentionMs: null,
  settleWithinMs: 120_000,
});

let differing = 0;
for (const file of files) {
  const { spans, warnings } = await readTraceFile(file);
  const before = sessionFromSpans(spans, { warnings });
  for (let at = 0; at < spans.length; at += 100)
    await sendSpans(`${url}/v1/traces`, spans.slice(at, at + 100));
  const started = performance.now();
  const exported = await traces.exportSession(before.sessionId);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const after = sessionFromSpans(exported.spans, {
    sessionId: before.sessionId,
    warnings: [...exported.warnings, ...(exported.losses ?? []), ...(exported.signs ?? [])],
    limits: exported.limits ?? [],
  });
  const shape = { links: false, timesMs: 0.01 };
  const steps = [before, after].map((s) => s.steps.map((step) => comparable(step, shape)));
  const unlike = steps[0]?.findIndex((step, i) => !isDeepStrictEqual(step, steps[1]?.[i])) ?? -1;
  const isSame = steps[0]?.length === steps[1]?.length && unlike < 0;
  const [told, read] = [verdictOf(before, shape), verdictOf(after, shape)];
  const isSameVerdict = isDeepStrictEqual(told, read);
  const keys = Object.keys(told) as (keyof typeof told)[];
  for (const key of keys.filter((one) => !isDeepStrictEqual(told[one], read[one])))
    console.dir([key, told[key], read[key]], { depth: 8 });
  if (!isSame || !isSameVerdict) differing += 1;
  console.log(
    `${file.split('/').slice(-3).join('/')}: ${before.steps.length} steps, ${after.steps.length} read in ${seconds} s, ` +
      `steps ${isSame ? 'equal' : `DIFFER at ${unlike + 1}`}, analysis ${isSameVerdict ? 'equal' : 'DIFFERS'}; ` +
      `stable ${exported.stable}; ${after.completeness.warnings.join(' | ') || 'no warning'}`,
  );
  if (unlike >= 0) console.dir([steps[0]?.[unlike], steps[1]?.[unlike]], { depth: 6, maxStringLength: 300 });
}
await proxy?.close();
process.exitCode = differing > 0 ? 1 : 0;
