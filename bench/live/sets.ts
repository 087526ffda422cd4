import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { z } from 'zod';
import { ToolManifest } from '../../src/domain/tools.ts';
import { learnProfile, type Profile } from '../../src/forensics/learned/profile.ts';
import { spansFromOtlpJson } from '../../src/forensics/read/otlp-json.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';

const Gold = z.looseObject({
  profiles: z.record(z.string(), z.array(z.string())).default({}),
  sessions: z.array(
    z.looseObject({
      id: z.string(),
      file: z.string(),
      tools: z.string().nullish(),
      profile: z.string().nullish(),
      label: z.string().nullish(),
      fault: z.string().nullish(),
    }),
  ),
});

export interface Recorded {
  id: string;
  file: string;
  spans: RawSpan[];
  tools: ToolManifest | null;
  profile: Profile | null;
  /** Known to be good: a look-alike of a fault, or as it was. */
  isClean: boolean;
}

export const linesIn = (file: string): string[] => {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').filter(Boolean);
};
const spansIn = (file: string): RawSpan[] =>
  linesIn(file).flatMap((line) => spansFromOtlpJson(JSON.parse(line)).spans);

/** The sessions of a set in the order of their spans' ends, as they were exported. */
export const readSet = (data: string, set: string): Recorded[] => {
  const folder = join(data, set);
  const gold = Gold.parse(JSON.parse(readFileSync(join(folder, 'gold.json'), 'utf8')));
  const profiles = new Map<string, Profile>();
  const manifests = new Map<string, ToolManifest>();
  const profileOf = (name: string): Profile => {
    const files = gold.profiles[name] ?? [];
    const made =
      profiles.get(name) ??
      learnProfile(files.map((file) => sessionFromSpans(spansIn(resolve(folder, file)))));
    profiles.set(name, made);
    return made;
  };
  const manifestOf = (file: string): ToolManifest => {
    const made =
      manifests.get(file) ?? ToolManifest.parse(parse(readFileSync(resolve(data, 'tools', file), 'utf8')));
    manifests.set(file, made);
    return made;
  };
  return gold.sessions.map((session) => ({
    id: session.id,
    file: resolve(folder, session.file),
    spans: spansIn(resolve(folder, session.file)),
    tools: session.tools ? manifestOf(session.tools) : null,
    profile: session.profile ? profileOf(session.profile) : null,
    isClean: set === 'tau-clean' || session.label === 'lookalike' || session.label === 'clean',
  }));
};
