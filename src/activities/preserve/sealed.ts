import { EvidenceAltered, type EvidenceStore } from '../../adapters/evidence/port.ts';
import type { Session } from '../../domain/session/session.ts';
import { Manifest } from './manifest.ts';
import { readSteps } from './steps-file.ts';

/** A manifest by its address; the address is its digest. */
export const readManifest = async (evidence: Pick<EvidenceStore, 'get'>, uri: string): Promise<Manifest> => {
  const text = new TextDecoder().decode(await evidence.get(uri));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const manifest = Manifest.safeParse(value);
  if (!manifest.success)
    throw new EvidenceAltered(`${uri} is no manifest of a seal: give the address of one`);
  return manifest.data;
};

/** The file of a session's steps, and how many its manifest says it holds. */
export interface SealedSteps {
  uri: string;
  count: number;
  file: Uint8Array;
}

/** Throws `EvidenceAltered` when the manifest or the file is not what was sealed. */
export const sealedSteps = async (
  evidence: Pick<EvidenceStore, 'get'>,
  manifestUri: string,
): Promise<SealedSteps> => {
  const { steps } = await readManifest(evidence, manifestUri);
  return { uri: steps.uri, count: steps.count, file: await evidence.get(steps.uri) };
};

export const sessionOf = async ({ uri, count, file }: SealedSteps): Promise<Session> => {
  const session = await readSteps(file);
  if (session.steps.length !== count)
    throw new EvidenceAltered(`${uri} holds ${session.steps.length} steps, not the ${count} of its manifest`);
  return session;
};

/** The session as it was sealed. Throws `EvidenceAltered` when the manifest or the steps are not what was sealed. */
export const loadSealedSession = async (
  evidence: Pick<EvidenceStore, 'get'>,
  manifestUri: string,
): Promise<Session> => sessionOf(await sealedSteps(evidence, manifestUri));

export interface SealReport {
  manifest: Manifest | null;
  files: number;
  /** Empty when every file is as it was sealed. */
  problems: string[];
}

/** Reads every file of a seal, and of the seals before it, and compares the digests. */
export const verifySeal = async (evidence: EvidenceStore, manifestUri: string): Promise<SealReport> => {
  const verdict = await evidence.verify(manifestUri);
  if (!verdict.ok) return { manifest: null, files: 1, problems: [verdict.problem] };
  let manifest: Manifest;
  try {
    manifest = await readManifest(evidence, manifestUri);
  } catch (error) {
    if (error instanceof EvidenceAltered) return { manifest: null, files: 1, problems: [error.message] };
    throw error;
  }
  const problems: string[] = [];
  for (const { uri, sha256 } of [...manifest.pages, manifest.steps]) {
    const checked = await evidence.verify(uri);
    if (!checked.ok) problems.push(checked.problem);
    if (uri !== `sha256:${sha256}`) problems.push(`the manifest gives ${uri} another digest: ${sha256}`);
  }
  const files = manifest.pages.length + 2;
  if (manifest.previousUri === null) return { manifest, files, problems };
  const before = await verifySeal(evidence, manifest.previousUri);
  return { manifest, files: files + before.files, problems: [...problems, ...before.problems] };
};
