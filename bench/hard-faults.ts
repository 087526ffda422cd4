/**
 * Harder faults and honest look-alikes, put into the passed sessions of the labelled data: many kinds, each in up to
 * `--count` sessions, in four skins (other names of tools and fields, other envelopes and conventions). Kinds marked aside were never
 * looked at while rules were tuned. Prints one table a part; writes `bench/hard-faults.json`.
 *   npx tsx bench/hard-faults.ts [--count 6] [--seed s] [--only NAME] [--part tuned|aside|blind|second] [--bare] [--verbose] [--data DIR]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readToolsFile } from '../src/cli/analyse.ts';
import { sessionFromFile } from '../src/adapters/traces/file.ts';
import type { ToolManifest } from '../src/domain/tools.ts';
import { learnProfile, type Profile } from '../src/forensics/profile.ts';
import { analyse } from '../src/forensics/analyse.ts';
import { BUDGETS } from './hard-faults/budget.ts';
import { ENTITIES } from './hard-faults/entities.ts';
import { partOf, type Kind, type Part, type Planted } from './hard-faults/kind.ts';
import { LATER } from './hard-faults/later-kinds.ts';
import { EXTRA_TOOLS, LOOK_ALIKES, type Honest } from './hard-faults/look-alikes.ts';
import { CHOICES } from './hard-faults/scene-choices.ts';
import { SCENE_CONDUCT } from './hard-faults/scene-conduct.ts';
import { SCENE_VALUES } from './hard-faults/scene-faults.ts';
import { SCENE_LOOK_ALIKES, SCENE_TOOLS } from './hard-faults/scene-look-alikes.ts';
import { LOOPS } from './hard-faults/loops.ts';
import { POISONS } from './hard-faults/poison.ts';
import { SCHEMA } from './hard-faults/schema.ts';
import { judge, summary, type Outcome } from './hard-faults/score.ts';
import { dress, SKINS, toolsIn, type Skin } from './hard-faults/skin.ts';
import { cloneTalk, rngOf, talkOf, type Talk } from './hard-faults/talk.ts';
import { write } from './hard-faults/wire.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '6' },
    seed: { type: 'string', default: 'first' },
    only: { type: 'string' },
    part: { type: 'string' },
    /** Without a profile: nothing is known of what is usual. */
    bare: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    data: { type: 'string', default: process.env['HOLDPOINT_DATA'] ?? resolve(root, '../shared/data') },
  },
});

interface Base {
  talk: Talk;
  domain: string;
  profile: string;
  tools: ToolManifest;
  warmUp: string[];
}

const load = async (): Promise<Base[]> => {
  const dir = join(values.data, 'tau-clean');
  const gold = JSON.parse(readFileSync(join(dir, 'gold.json'), 'utf8')) as {
    profiles: Record<string, string[]>;
    sessions: { file: string; domain: string; tools: string; profile: string }[];
  };
  const out: Base[] = [];
  for (const { file, domain, tools, profile } of gold.sessions) {
    const manifest = await readToolsFile(join(values.data, 'tools', tools));
    const talk = talkOf(await sessionFromFile(join(dir, file)));
    out.push({
      talk,
      domain,
      profile,
      tools: { tools: { ...manifest.tools, ...EXTRA_TOOLS, ...SCENE_TOOLS } },
      warmUp: (gold.profiles[profile] ?? []).map((p) => p.split('/').at(-1) ?? ''),
    });
    byFile.set(file.split('/').at(-1) ?? '', talk);
  }
  return out;
};
const byFile = new Map<string, Talk>();
const profiles = new Map<string, Profile>();
/** What is normal, learned from good sessions of other tasks in the same skin. */
const profileFor = (base: Base, skin: Skin, kind: Kind<unknown>): Profile => {
  const key = `${base.profile}/${skin.name}/${kind.warm ? kind.name : ''}`;
  const known = profiles.get(key);
  if (known) return known;
  const made = learnProfile(
    base.warmUp.flatMap((file) => {
      const from = byFile.get(file);
      if (!from) return [];
      const talk = cloneTalk(from, 'warm');
      kind.warm?.(talk, rngOf(`${kind.name}/${talk.id}/warm`));
      dress(talk, skin);
      return [write(talk, skin.convention, skin.envelope).session];
    }),
  );
  profiles.set(key, made);
  return made;
};

const run = (kind: Kind<Planted | Honest>, bases: Base[]): Outcome[] => {
  const rng = rngOf(`${values.seed}/${kind.name}`);
  const out: Outcome[] = [];
  for (const base of rng.shuffle(bases)) {
    if (out.length >= Number(values.count)) break;
    const skin = SKINS[out.length % SKINS.length] as Skin;
    const talk = cloneTalk(base.talk, `${kind.name.replaceAll(' ', '-')}-${values.seed}`);
    const peers = bases
      .filter((b) => b.domain === base.domain && b.profile !== base.profile)
      .map((b) => b.talk);
    const planted = kind.plant(talk, rngOf(`${values.seed}/${kind.name}/${base.talk.id}`), {
      tools: base.tools,
      peers,
    });
    if (!planted) continue;
    // Added turns use tokens too; only kinds about the budget are meant to reach it.
    if (kind.family !== 'budget' && kind.name !== 'subagents within the budget')
      talk.budget = talk.budget === null ? null : talk.budget * 4;
    dress(talk, skin);
    const tools = toolsIn(base.tools, skin);
    const written = write(talk, skin.convention, skin.envelope);
    const analysis = analyse(written.session, {
      tools,
      profile: values.bare ? null : profileFor(base, skin, kind),
    });
    out.push(
      judge({
        kind,
        planted: 'honest' in planted ? null : planted,
        talk,
        tools,
        written,
        analysis,
        skin: skin.name,
      }),
    );
  }
  return out;
};

const TITLES: Record<Part, string> = {
  tuned: 'kinds looked at while tuning',
  aside: 'kinds never looked at while tuning',
  blind: 'later kinds, not run before their figures were written down',
  second: 'matters of their own, not run before their first figures were written down',
};

const main = async (): Promise<void> => {
  const bases = await load();
  const kinds: Kind<Planted | Honest>[] = [
    ...SCHEMA,
    ...ENTITIES,
    ...LOOPS,
    ...POISONS,
    ...BUDGETS,
    ...LOOK_ALIKES,
    ...LATER,
    ...CHOICES,
    ...SCENE_VALUES,
    ...SCENE_CONDUCT,
    ...SCENE_LOOK_ALIKES,
  ];
  const chosen = kinds.filter(
    (k) =>
      (values.only === undefined || k.name.includes(values.only)) &&
      (values.part === undefined || values.part === partOf(k)),
  );
  const outcomes = chosen.flatMap((kind) => {
    const made = run(kind, bases);
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
      join(root, 'bench/hard-faults.json'),
      `${JSON.stringify({ seed: values.seed, ...result }, null, 2)}\n`,
    );
};

await main();
