/** Puts kinds into good sessions of the labelled data and has the engine judge them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readToolsFile } from '../../src/adapters/traces/beside.ts';
import { sessionFromFile } from '../../src/adapters/traces/session-file.ts';
import type { ToolManifest } from '../../src/domain/tools.ts';
import { learnProfile, type Profile } from '../../src/forensics/learned/profile.ts';
import { analyse } from '../../src/forensics/analyse.ts';
import { BUDGETS } from './budget.ts';
import { ENTITIES } from './entities.ts';
import { FIFTH, FIFTH_TOOLS } from './fifth.ts';
import { FOURTH, FOURTH_TOOLS } from './fourth.ts';
import type { Kind, Planted } from './kind.ts';
import { LATER } from './later-kinds.ts';
import { EXTRA_TOOLS, LOOK_ALIKES, type Honest } from './look-alikes.ts';
import { LOOPS } from './loops.ts';
import { POISONS } from './poison.ts';
import { CHOICES } from './scene-choices.ts';
import { SCENE_CONDUCT } from './scene-conduct.ts';
import { SCENE_VALUES } from './scene-faults.ts';
import { SCENE_LOOK_ALIKES, SCENE_TOOLS } from './scene-look-alikes.ts';
import { SCHEMA } from './schema.ts';
import { judge, type Outcome } from './score.ts';
import { EIGHTH, EIGHTH_TOOLS } from './eighth.ts';
import { SEVENTH, SEVENTH_TOOLS } from './seventh.ts';
import { SIXTH, SIXTH_TOOLS } from './sixth.ts';
import { dress, SKINS, toolsIn, type Skin } from './skin.ts';
import { cloneTalk, rngOf, talkOf, type Talk } from './talk.ts';
import { UNSEEN, UNSEEN_TOOLS } from './unseen-kinds.ts';
import { write } from './wire.ts';

export const KINDS: readonly Kind<Planted | Honest>[] = [
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
  ...UNSEEN,
  ...FOURTH,
  ...FIFTH,
  ...SIXTH,
  ...SEVENTH,
  ...EIGHTH,
];

export interface RunOptions {
  /** The folder of labelled sessions. */
  data: string;
  /** Sessions a kind, at most. */
  count: number;
  seed: string;
  /** Without a profile: nothing is known of what is usual. */
  bare?: boolean;
}

interface Base {
  talk: Talk;
  domain: string;
  profile: string;
  tools: ToolManifest;
  warmUp: string[];
}

const load = async (data: string, byFile: Map<string, Talk>): Promise<Base[]> => {
  const dir = join(data, 'tau-clean');
  const gold = JSON.parse(readFileSync(join(dir, 'gold.json'), 'utf8')) as {
    profiles: Record<string, string[]>;
    sessions: { file: string; domain: string; tools: string; profile: string }[];
  };
  const out: Base[] = [];
  for (const { file, domain, tools, profile } of gold.sessions) {
    const manifest = await readToolsFile(join(data, 'tools', tools));
    const talk = talkOf(await sessionFromFile(join(dir, file)));
    out.push({
      talk,
      domain,
      profile,
      tools: {
        tools: {
          ...manifest.tools,
          ...EXTRA_TOOLS,
          ...SCENE_TOOLS,
          ...UNSEEN_TOOLS,
          ...FOURTH_TOOLS,
          ...FIFTH_TOOLS,
          ...SIXTH_TOOLS,
          ...SEVENTH_TOOLS,
          ...EIGHTH_TOOLS,
        },
      },
      warmUp: (gold.profiles[profile] ?? []).map((p) => p.split('/').at(-1) ?? ''),
    });
    byFile.set(file.split('/').at(-1) ?? '', talk);
  }
  return out;
};
/** Reads the good sessions, and gives the function that runs one kind. */
export const createRun = async ({
  data,
  count,
  seed,
  bare = false,
}: RunOptions): Promise<(kind: Kind<Planted | Honest>) => Outcome[]> => {
  const byFile = new Map<string, Talk>();
  const profiles = new Map<string, Profile>();
  const bases = await load(data, byFile);
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

  const run = (kind: Kind<Planted | Honest>): Outcome[] => {
    const rng = rngOf(`${seed}/${kind.name}`);
    const out: Outcome[] = [];
    for (const base of rng.shuffle(bases)) {
      if (out.length >= count) break;
      const skins = kind.skins ?? SKINS;
      const skin = skins[out.length % skins.length] as Skin;
      const talk = cloneTalk(base.talk, `${kind.name.replaceAll(' ', '-')}-${seed}`);
      const peers = bases
        .filter((b) => b.domain === base.domain && b.profile !== base.profile)
        .map((b) => b.talk);
      const planted = kind.plant(talk, rngOf(`${seed}/${kind.name}/${base.talk.id}`), {
        tools: base.tools,
        peers,
      });
      if (!planted) continue;
      // Added turns use tokens too; only kinds about the budget are meant to reach it.
      if (
        kind.family !== 'budget' &&
        kind.keepsBudget !== true &&
        kind.name !== 'subagents within the budget'
      )
        talk.budget = talk.budget === null ? null : talk.budget * 4;
      dress(talk, skin);
      const tools = toolsIn(base.tools, skin);
      const written = write(talk, skin.convention, skin.envelope);
      const analysis = analyse(written.session, {
        tools,
        profile: bare ? null : profileFor(base, skin, kind),
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
  return run;
};
