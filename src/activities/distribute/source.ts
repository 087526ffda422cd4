import { ApplicationFailure } from '@temporalio/common';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import { fold } from '../../domain/incident/evolve.ts';
import type { ClassState, IncidentState, SessionState } from '../../domain/incident/state.ts';
import type { Session } from '../../domain/session/session.ts';
import type { Store } from '../../store/port.ts';
import type { PostmortemSource } from '../../templates/source.ts';
import { Plan } from '../plan.ts';
import { parseAnalysis } from '../stored-analysis.ts';
import { type EvidenceShelf, isAltered, unaltered } from './documents.ts';

export interface SourceDeps {
  store: Pick<Store, 'audit' | 'directory'>;
  evidence: EvidenceShelf;
  links: { incident(incidentId: string): string };
  /**
   * The sealed session of a manifest. Null, or `EvidenceAltered`: it cannot be read for good, and the document says
   * so; anything else thrown is tried again.
   */
  loadSession(manifestUri: string): Promise<Session | null>;
  /** ms since the epoch. */
  clock(): number;
}

/** Effects wait for their record, so this passes by itself. */
export const notRecordedYet = (what: string): ApplicationFailure =>
  ApplicationFailure.create({
    type: 'NotRecordedYet',
    message: `${what} is not in the audit log yet; try again`,
    nonRetryable: false,
  });

/** Everybody whom a document names. */
const idsOf = (events: IncidentEvent[], state: IncidentState): string[] => [
  ...new Set([
    ...events.map((event) => event.by.id),
    ...events.flatMap((event) => (event.type === 'ownerSet' ? event.data.owner : [])),
    ...Object.values(state.signOffs).map((request) => request.requestedBy),
  ]),
];

async function sealedSession(deps: SourceDeps, { seal, analysis }: SessionState) {
  const found = analysis && (await unaltered(deps.evidence, analysis.analysisUri, analysis.analysisSha256));
  const orNull = (error: unknown): null => {
    if (isAltered(error)) return null;
    throw error;
  };
  return {
    session: seal ? await deps.loadSession(seal.uri).catch(orNull) : null,
    analysis: found && parseAnalysis(found),
  };
}

async function sealedPlan({ evidence }: SourceDeps, { spec }: ClassState) {
  const bytes = await unaltered(evidence, spec.planUri, spec.planSha256);
  return bytes && Plan.parse(JSON.parse(new TextDecoder().decode(bytes))).actions;
}

/** Reads what a postmortem is made of: the history with its words, the sealed files, names. */
export async function sourceOf(deps: SourceDeps, incidentId: string): Promise<PostmortemSource> {
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
  const link = links.incident(incidentId);
  const { head, seq } = audit;
  return { state, events, sessions, plans, names, link, audit: { head, seq }, renderedAt: clock() };
}
