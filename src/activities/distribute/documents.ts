import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { PostmortemView } from '../../templates/postmortem-view.ts';
import type { Format } from '../../templates/render.ts';

/** The part of the evidence store that a document needs: content-addressed files. */
export interface EvidenceShelf {
  put(bytes: Uint8Array): Promise<{ uri: string; sha256: string }>;
  /** Throws `EvidenceAltered` when the file is gone or is not what was put; anything else may pass. */
  get(uri: string): Promise<Uint8Array>;
}

const File = z.strictObject({ uri: z.string(), sha256: z.string() });

/** The manifest of one version: its digest is the document's, and it names the digests of the three forms. */
export const DocumentManifest = z.strictObject({
  kind: z.literal('holdpoint.postmortem/1'),
  incidentId: z.string(),
  version: z.int().positive(),
  title: z.string(),
  severity: z.string(),
  agent: z.string(),
  late: z.string().nullable(),
  summary: z.string(),
  link: z.string(),
  audit: z.strictObject({ head: z.string(), seq: z.int() }),
  files: z.strictObject({ html: File, md: File, txt: File }),
});
export type DocumentManifest = z.infer<typeof DocumentManifest>;

/** By its name: errors of another copy of the module count too. */
export const isAltered = (error: unknown): boolean =>
  error instanceof Error && error.name === 'EvidenceAltered';

/** A sealed file that still is what was signed; null when it is not, or is gone for good. Throws while it may come back. */
export async function unaltered(
  evidence: Pick<EvidenceShelf, 'get'>,
  uri: string,
  sha256: string,
): Promise<Uint8Array | null> {
  try {
    const bytes = await evidence.get(uri);
    return createHash('sha256').update(bytes).digest('hex') === sha256 ? bytes : null;
  } catch (error) {
    if (isAltered(error)) return null;
    throw error;
  }
}

export interface Documents {
  save(view: PostmortemView, forms: Record<Format, string>): Promise<{ uri: string; sha256: string }>;
  /** The document as it was planned; throws when a byte of it has changed since. */
  load(uri: string, sha256: string): Promise<{ manifest: DocumentManifest; forms: Record<Format, string> }>;
}

export function createDocuments(evidence: EvidenceShelf): Documents {
  const put = (text: string) => evidence.put(new TextEncoder().encode(text));
  const checked = async ({ uri, sha256 }: z.infer<typeof File>): Promise<string> => {
    const bytes = await unaltered(evidence, uri, sha256);
    if (!bytes)
      throw ApplicationFailure.nonRetryable(
        `the sealed postmortem ${uri} is not what was planned: its sha256 is not ${sha256}`,
        'EvidenceChanged',
      );
    return new TextDecoder().decode(bytes);
  };
  return {
    async save(view, forms) {
      const { incidentId, version, title, severity, agent, late, link, audit, impact } = view;
      const files = { html: await put(forms.html), md: await put(forms.md), txt: await put(forms.txt) };
      const facts = { incidentId, version, title, severity, agent, late, link, audit, files };
      const manifest: DocumentManifest = {
        kind: 'holdpoint.postmortem/1',
        ...facts,
        summary: impact.summary,
      };
      return put(`${JSON.stringify(manifest, null, 2)}\n`);
    },
    async load(uri, sha256) {
      const manifest = DocumentManifest.parse(JSON.parse(await checked({ uri, sha256 })));
      const { html, md, txt } = manifest.files;
      const forms = { html: await checked(html), md: await checked(md), txt: await checked(txt) };
      return { manifest, forms };
    },
  };
}
