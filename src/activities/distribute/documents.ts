import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { PostmortemView } from '../../templates/postmortem-view.ts';
import type { Format } from '../../templates/render.ts';

/** The part of the evidence store that a document needs: content-addressed files. */
export interface EvidenceShelf {
  put(file: { name: string; contentType: string; content: string }): Promise<{ uri: string; sha256: string }>;
  /** Throws when there is no such file. */
  get(uri: string): Promise<string>;
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

export interface Documents {
  save(view: PostmortemView, forms: Record<Format, string>): Promise<{ uri: string; sha256: string }>;
  /** The document as it was planned; throws when a byte of it has changed since. */
  load(uri: string, sha256: string): Promise<{ manifest: DocumentManifest; forms: Record<Format, string> }>;
}

const contentTypes: Record<Format, string> = {
  html: 'text/html; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
};

const digest = (content: string): string => createHash('sha256').update(content, 'utf8').digest('hex');

export function createDocuments(evidence: EvidenceShelf): Documents {
  const checked = async (uri: string, sha256: string): Promise<string> => {
    const content = await evidence.get(uri);
    if (digest(content) !== sha256)
      throw ApplicationFailure.nonRetryable(`the sealed postmortem ${uri} has changed; its sha256 is not ${sha256}`, 'EvidenceChanged');
    return content;
  };
  return {
    async save(view, forms) {
      const put = async (format: Format) =>
        evidence.put({ name: `postmortem-v${view.version}.${format}`, contentType: contentTypes[format], content: forms[format] });
      const files = { html: await put('html'), md: await put('md'), txt: await put('txt') };
      const { incidentId, version, title, severity, agent, late, link, audit, impact } = view;
      const manifest: DocumentManifest = {
        kind: 'holdpoint.postmortem/1',
        ...{ incidentId, version, title, severity, agent, late, link, audit, files },
        summary: impact.summary,
      };
      return evidence.put({
        name: `postmortem-v${version}.json`,
        contentType: 'application/json',
        content: `${JSON.stringify(manifest, null, 2)}\n`,
      });
    },
    async load(uri, sha256) {
      const manifest = DocumentManifest.parse(JSON.parse(await checked(uri, sha256)));
      const form = ({ files }: DocumentManifest, format: Format): Promise<string> =>
        checked(files[format].uri, files[format].sha256);
      const [html, md, txt] = [await form(manifest, 'html'), await form(manifest, 'md'), await form(manifest, 'txt')];
      return { manifest, forms: { html, md, txt } };
    },
  };
}
