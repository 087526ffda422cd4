/**
 * Harder faults and honest look-alikes, put into the passed sessions of the labelled data: many kinds, each in up to
 * `--count` sessions, in four skins (other names of tools and fields, other envelopes and conventions). Kinds marked aside were never
 * looked at while rules were tuned. Prints one table a part; writes `bench/hard-faults.json`, with `--bare` `bench/hard-faults-bare.json`.
 *   npx tsx bench/hard-faults.ts [--count 8] [--seed s] [--only NAME] [--part tuned|aside|blind|second|third|fourth|fifth|sixth|'seventh A'|'seventh B'|eighth] [--bare] [--verbose] [--data DIR]
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { partOf, type Part } from './hard-faults/kind.ts';
import { createRun, KINDS } from './hard-faults/run.ts';
import { summary } from './hard-faults/score.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '8' },
    seed: { type: 'string', default: 'first' },
    only: { type: 'string' },
    part: { type: 'string' },
    /** Without a profile: nothing is known of what is usual. */
    bare: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    data: { type: 'string', default: process.env['HOLDPOINT_DATA'] ?? resolve(root, '../shared/data') },
  },
});

const TITLES: Record<Part, string> = {
  tuned: 'kinds looked at while tuning',
  aside: 'kinds never looked at while tuning',
  blind: 'later kinds, not run before their figures were written down',
  third: 'kinds written after the rules for choices and checks',
  fourth: 'other domains, forms and tongues, not run before their first figures were written down',
  fifth: 'what the rules made for the fourth had not seen',
  sixth:
    'written from the runbook and the labelled data alone, without a look at the rules, before it was run',
  'seventh A':
    'the families that unseen faults were announced to come from, without a look at the rules, before it was run',
  'seventh B': 'whatever else the runbook calls a failure, without a look at the rules, before it was run',
  eighth:
    'the announced families again, in other domains and envelopes, without a look at the rules, before it was run',
  second: 'matters of their own, not run before their first figures were written down',
};

const main = async (): Promise<void> => {
  const run = await createRun({
    data: values.data,
    count: Number(values.count),
    seed: values.seed,
    bare: values.bare,
  });
  const chosen = KINDS.filter(
    (k) =>
      (values.only === undefined || k.name.includes(values.only)) &&
      (values.part === undefined || values.part === partOf(k)),
  );
  const outcomes = chosen.flatMap((kind) => {
    const made = run(kind);
    if (values.verbose)
      for (const o of made)
        for (const line of o.wrong) console.log(`${kind.name} [${o.skin}] ${o.session}: ${line}`);
    return made;
  });
  const result: Record<string, unknown> = {};
  for (const part of Object.keys(TITLES) as Part[]) {
    const mine = outcomes.filter((o) => o.part === part);
    if (mine.length === 0) continue;
    const { rows, families } = summary(mine);
    console.log(`\n${TITLES[part]}`);
    console.table(rows);
    console.table(families);
    result[part] = { kinds: rows, families };
  }
  if (values.only === undefined && values.part === undefined)
    writeFileSync(
      join(root, values.bare ? 'bench/hard-faults-bare.json' : 'bench/hard-faults.json'),
      `${JSON.stringify({ seed: values.seed, ...result }, null, 2)}\n`,
    );
};

await main();
