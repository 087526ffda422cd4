import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { IncidentEvent } from '../domain/incident/event.ts';
import { fold } from '../domain/incident/evolve.ts';
import type { ClassState, IncidentState, SessionState } from '../domain/incident/state.ts';
import type { Session } from '../domain/session/session.ts';
import type { Store } from '../store/port.ts';
import { buildPostmortemView } from '../templates/build-view.ts';
import { draftSections } from '../templates/drafts.ts';
import { renderPostmortem } from '../templates/render.ts';
import type { PostmortemSource } from '../templates/source.ts';
import { Plan } from './plan.ts';
import { parseAnalysis } from './stored-analysis.ts';
import type { DistributeActivities } from './types.ts';
import { createDocuments, type EvidenceShelf } from './distribute/documents.ts';
import { recipientId, type Recipient } from './distribute/recipients.ts';
import { createSender, type ChannelPost, type PostmortemMailer } from './distribute/send.ts';

export type { EvidenceShelf, Recipient, ChannelPost, PostmortemMailer };

export interface DistributeDeps {
  store: Pick<Store, 'audit' | 'ledger' | 'directory'>;
  evidence: EvidenceShelf;
  mailer: PostmortemMailer;
  slackPost: ChannelPost;
  /** The lists of the configuration: platform and on-call, mail addresses and channels. */
  recipients: Recipient[];
  /** Domain of the deterministic message ids, e.g. `holdpoint.example.org`. */
  messageIdDomain: string;
  links: { incident(incidentId: string): string };
  /** The sealed session of a manifest. Null: it cannot be read for good, and the document says so. */
  loadSession(manifestUri: string): Promise<Session | null>;
  /** ms since the epoch. */
  clock(): number;
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

const notRecordedYet = (what: string): ApplicationFailure =>
  ApplicationFailure.create({
    type: 'NotRecordedYet',
    message: `${what} is not in the audit log yet; try again`,
    nonRetryable: false,
  });

/** Everybody and every recipient that an event names. */
const idsOf = (events: IncidentEvent[], state: IncidentState): string[] => [
  ...new Set([
    ...events.map((event) => event.by.id),
    ...Object.values(state.signOffs).map((request) => request.requestedBy),
    ...(state.ownerId ? [state.ownerId] : []),
  ]),
];

/** A sealed file that still is what was signed; null when it is not, which the document then says. */
async function unaltered(deps: DistributeDeps, uri: string, digest: string): Promise<Uint8Array | null> {
  const bytes = await deps.evidence.get(uri);
  return sha256(bytes) === digest ? bytes : null;
}

async function sealedSession(
  deps: DistributeDeps,
  { seal, analysis }: SessionState,
): Promise<PostmortemSource['sessions'][string]> {
  const found = analysis && (await unaltered(deps, analysis.analysisUri, analysis.analysisSha256));
  return { session: seal ? await deps.loadSession(seal.uri) : null, analysis: found && parseAnalysis(found) };
}

async function sealedPlan(
  deps: DistributeDeps,
  { spec }: ClassState,
): Promise<PostmortemSource['plans'][string]> {
  const bytes = await unaltered(deps, spec.planUri, spec.planSha256);
  return bytes && Plan.parse(JSON.parse(new TextDecoder().decode(bytes))).actions;
}

/** Reads what a postmortem is made of: the history with its words, the sealed files, names. */
async function sourceOf(deps: DistributeDeps, incidentId: string): Promise<PostmortemSource> {
  const { store, links, clock } = deps;
  const events = await store.audit.events(incidentId);
  const audit = await store.audit.head(incidentId);
  if (!audit || events.length === 0) throw notRecordedYet(`incident ${incidentId}`);
  const state = fold(events);
  const sessions: PostmortemSource['sessions'] = {};
  for (const one of Object.values(state.sessions)) sessions[one.sessionId] = await sealedSession(deps, one);
  const plans: PostmortemSource['plans'] = {};
  for (const one of Object.values(state.classes)) plans[one.spec.classId] = await sealedPlan(deps, one);
  const names = await store.directory.names(idsOf(events, state));
  return {
    state,
    events,
    sessions,
    plans,
    names,
    link: links.incident(incidentId),
    audit,
    renderedAt: clock(),
  };
}

/** The postmortem's own activities: draft, document, one send a recipient. */
export function createDistributeActivities(deps: DistributeDeps): DistributeActivities {
  const documents = createDocuments(deps.evidence);
  const send = createSender(deps, documents);
  return {
    async draftPostmortem({ incidentId }) {
      const source = await sourceOf(deps, incidentId);
      return draftSections(source).map(({ section, text }) => ({
        section,
        text: { text, sha256: sha256(text) },
      }));
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
