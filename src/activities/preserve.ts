import { ApplicationFailure, Context } from '@temporalio/activity';
import { digestOf, uriOf } from '../adapters/evidence/address.ts';
import { evidenceOf, type EvidenceStore } from '../adapters/evidence/port.ts';
import type { TraceExport, TraceStore } from '../adapters/traces/port.ts';
import { plural } from '../domain/incident/words.ts';
import type { Seal } from '../domain/incident/vocabulary.ts';
import type { Profile } from '../forensics/learned/profile.ts';
import { inThread, LONG_STEPS } from './long/pool.ts';
import { Manifest, sealName } from './preserve/manifest.ts';
import { neutralSteps, packed, type StepsOrder } from './preserve/neutral.ts';
import { createRedactor, defaultMaskedFields } from './preserve/redact.ts';
import { sealOf } from './preserve/seal.ts';
import { readManifest, sealedSteps, verifySeal } from './preserve/sealed.ts';
import type { PreserveActivities } from './types.ts';

export { loadSealedSession, readManifest, verifySeal } from './preserve/sealed.ts';

export interface PreserveDeps {
  evidence: EvidenceStore;
  /** Where an agent's traces are; null for an agent that is not configured. */
  sourceFor: (agent: string) => TraceStore | null;
  /** What is normal for the agent, where it was learned. */
  profileFor: (agent: string) => Promise<Profile | null>;
  /** Names of fields whose values are not sealed. */
  maskedFields?: readonly string[] | undefined;
  now?: (() => number) | undefined;
}

type SealOrder = Parameters<PreserveActivities['sealSession']>[0];

export const createPreserveActivities = (deps: PreserveDeps): PreserveActivities => ({
  sealSession: async (order) => {
    const { incidentId, sessionId, sealNumber } = order;
    const sealed = await deps.evidence.named(sealName(incidentId, sessionId, sealNumber));
    if (sealed !== null) return readSeal(deps.evidence, sealed);
    return seal(deps, order, Context.current().cancellationSignal);
  },
  rehash: async ({ manifests }) => {
    const { evidence, now = Date.now } = deps;
    const problems: string[] = [];
    let files = 0;
    for (const { uri, sha256 } of manifests) {
      if (uri !== uriOf(sha256)) problems.push(`${uri} is not the manifest of digest ${sha256}`);
      const report = await verifySeal(evidence, uri);
      files += report.files;
      problems.push(...report.problems);
    }
    const [first, ...more] = problems;
    if (first !== undefined)
      return {
        ok: false,
        proof:
          more.length > 0 ? `${first.slice(0, 400)}; and ${more.length} more.` : `${first.slice(0, 450)}.`,
      };
    const at = new Date(now()).toISOString();
    return {
      ok: manifests.length > 0,
      proof: `${plural(files, 'sealed file')} of ${plural(manifests.length, 'session')} hashed again at ${at}: all as sealed.`,
    };
  },
});

const readSeal = async (evidence: EvidenceStore, uri: string): Promise<Seal> =>
  sealOf(await readManifest(evidence, uri), uri, digestOf(uri));

const seal = async (deps: PreserveDeps, order: SealOrder, signal: AbortSignal): Promise<Seal> => {
  const { evidence, now = Date.now, maskedFields = defaultMaskedFields } = deps;
  const { incidentId, agent, sessionId, sealNumber } = order;
  const content = evidenceOf(evidence, incidentId);
  const source = deps.sourceFor(agent);
  if (!source)
    throw ApplicationFailure.retryable(
      `No trace source is configured for agent ${agent}: add its \`traces\`.`,
      'NoTraceSource',
    );
  const { currentAttemptScheduledTimestampMs: scheduledAtMs } = Context.current().info;
  const clockAheadMs = Math.round(now() - scheduledAtMs);
  const { exported, rotatesAtMs } = await exportFrom(source, sessionId, signal);
  const exportedAtMs = now();
  const earlierUri = await newestSealBefore(evidence, order);
  const isLong = exported.spans.length >= LONG_STEPS;
  const { losses = [], signs = [] } = exported;
  const stepsOrder: StepsOrder = {
    sessionId,
    warnings: [...exported.warnings, ...losses, ...signs],
    limits: exported.limits ?? [],
    maskedFields,
    earlier: earlierUri === null ? null : await sealedSteps(evidence, earlierUri),
    stable: exported.stable,
    newestArrivalMs: exported.newestArrivalMs ?? Math.max(exportedAtMs, exportedAtMs - clockAheadMs),
  };
  const { file, count, completeness, missing, counts } = isLong
    ? await inThread.stepsOf({ packs: await packed(exported.spans), order: stepsOrder })
    : await neutralSteps(exported.spans, stepsOrder);
  const manifest: Manifest = {
    kind: 'holdpoint-seal',
    version: 1,
    incidentId,
    agent,
    sessionId,
    sealNumber,
    previousUri: earlierUri,
    source: source.name,
    pages: await sealPages(content, exported, { maskedFields, isLong, signal }),
    spans: exported.spans.length,
    steps: { ...(await content.put(file)), bytes: file.length, count },
    completeness,
    exportComplete: exported.stable && exported.warnings.length === 0 && losses.length === 0,
    missing,
    maskedFields: [...maskedFields],
    exportedAtMs,
    clockAheadMs,
    rotatesAtMs,
    ...counts,
    baselineTokens: (await deps.profileFor(agent))?.tokens.median || null,
  };
  const { uri } = await evidence.put(new TextEncoder().encode(JSON.stringify(Manifest.parse(manifest))));
  // An earlier try that was given up may have ended after all: its seal stands.
  return readSeal(evidence, await evidence.name(sealName(incidentId, sessionId, sealNumber), uri));
};

/** Failures carry the time of rotation, from which the workflow says how much of it is used up. */
const exportFrom = async (
  source: TraceStore,
  sessionId: string,
  signal: AbortSignal,
): Promise<{ exported: TraceExport; rotatesAtMs: number | null }> => {
  let rotatesAtMs: number | null = null;
  const failure = (message: string, cause?: unknown): ApplicationFailure =>
    ApplicationFailure.create({
      message,
      type: 'ExportFailed',
      details: [rotatesAtMs],
      ...(cause instanceof Error ? { cause } : {}),
    });
  try {
    const deadline = await source.retentionDeadlineMs(sessionId);
    rotatesAtMs = deadline === null ? null : Math.floor(deadline);
    signal.throwIfAborted();
    const exported = await source.exportSession(sessionId, { signal });
    if (exported.spans.length > 0 && exported.pages.length > 0) return { exported, rotatesAtMs };
  } catch (error) {
    if (signal.aborted) throw error;
    throw failure(`Trace source ${source.name} cannot export the session: ${messageOf(error)}`, error);
  }
  throw failure(`Trace source ${source.name} has no span of session ${sessionId} yet.`);
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const newestSealBefore = async (
  evidence: EvidenceStore,
  { incidentId, sessionId, sealNumber }: SealOrder,
): Promise<string | null> => {
  for (let number = sealNumber - 1; number > 0; number -= 1) {
    const uri = await evidence.named(sealName(incidentId, sessionId, number));
    if (uri !== null) return uri;
  }
  return null;
};

const sealPages = async (
  evidence: Pick<EvidenceStore, 'put'>,
  { pages }: TraceExport,
  how: { maskedFields: readonly string[]; isLong: boolean; signal: AbortSignal },
): Promise<Manifest['pages']> => {
  const { maskedFields, isLong, signal } = how;
  const redactor = createRedactor(maskedFields);
  const sealed: Manifest['pages'] = [];
  for (const page of pages) {
    signal.throwIfAborted();
    const { body, masked } = await (isLong
      ? inThread.redactedPage({ page, maskedFields })
      : redactor.page(page));
    const { sha256, uri } = await evidence.put(body);
    sealed.push({
      uri,
      sha256,
      bytes: body.length,
      source: page.source,
      contentType: page.contentType,
      masked,
    });
  }
  return sealed;
};
