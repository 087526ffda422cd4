import { createHash } from 'node:crypto';
import { buildPostmortemView } from '../templates/build-view.ts';
import { draftSections } from '../templates/drafts.ts';
import { renderPostmortem } from '../templates/render.ts';
import type { Store } from '../store/port.ts';
import type { DistributeActivities } from './types.ts';
import { createDocuments } from './distribute/documents.ts';
import { recipientId, type Recipient } from './distribute/recipients.ts';
import { createSender, type ChannelPost, type PostmortemMailer } from './distribute/send.ts';
import { notRecordedYet, type SourceDeps, sourceOf } from './distribute/source.ts';

export type { Recipient, ChannelPost };

export interface DistributeDeps extends SourceDeps {
  store: Pick<Store, 'audit' | 'ledger' | 'directory'>;
  mailer: PostmortemMailer;
  slackPost: ChannelPost;
  /** The lists of the configuration: platform and on-call, mail addresses and channels. */
  recipients: Recipient[];
  /** Domain of the deterministic message ids, e.g. `holdpoint.example.org`. */
  messageIdDomain: string;
}

const proseOf = (text: string) => ({ text, sha256: createHash('sha256').update(text).digest('hex') });

/** The postmortem's own activities: draft, document, one send a recipient. */
export function createDistributeActivities(deps: DistributeDeps): DistributeActivities {
  const documents = createDocuments(deps.evidence);
  const send = createSender(deps, documents);
  return {
    async draftPostmortem({ incidentId }) {
      const source = await sourceOf(deps, incidentId);
      return draftSections(source).map(({ section, text }) => ({ section, text: proseOf(text) }));
    },

    async planDistribution({ incidentId, version }) {
      const source = await sourceOf(deps, incidentId);
      const { final, version: current } = source.state.postmortem;
      if (!final || current !== version)
        throw notRecordedYet(`version ${version} of the postmortem of ${incidentId}`);
      const view = buildPostmortemView(source);
      const document = await documents.save(view, renderPostmortem(view));
      for (const one of deps.recipients)
        await deps.store.directory.put(recipientId(one), {
          name: one.name ?? one.address,
          kind: one.kind,
          address: one.address,
        });
      return {
        documentSha256: document.sha256,
        documentUri: document.uri,
        recipients: deps.recipients.map((one) => ({
          recipientId: recipientId(one),
          kind: one.kind,
          team: one.team,
        })),
      };
    },

    sendPostmortem: send,
  };
}
