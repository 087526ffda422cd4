import type { EvidenceStore } from '../../../src/adapters/evidence/port.ts';
import { countsOf, sealOf } from '../../../src/activities/preserve/seal.ts';
import { Manifest } from '../../../src/activities/preserve/manifest.ts';
import { writeSteps } from '../../../src/activities/preserve/steps-file.ts';
import type { Analysis } from '../../../src/domain/session/analysis.ts';
import type { Session } from '../../../src/domain/session/session.ts';
import type { Seal } from '../../../src/domain/incident/vocabulary.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { learnProfile } from '../../../src/forensics/learned/profile.ts';
import { cleanLoans, LOAN_TOOLS, loanSession } from '../../forensics/session-builder.ts';

export interface Sealed {
  seal: Seal;
  analysis: Analysis;
  analysisUri: string;
  analysisSha256: string;
}

/** The income arrives under another name, and the decision is wrong. */
const drifted = (income: number, n: number) => ({
  applicant: `APL-${(481_000 + n * 37).toString()}`,
  yearly_income_total: income,
  employment: { employer: 'Acme', since: '2019-04-01' },
  verified: true,
});

/** A loan session that went wrong, and `idle` steps of nothing before it ended. */
export const driftedSession = (n = 7): Session => loanSession(n, drifted, 'declined');

/** Seals a session as the export does, files and all, and analyses it. */
export async function sealSession(
  evidence: EvidenceStore,
  session: Session,
  incidentId: string,
): Promise<Sealed> {
  const bytes = await writeSteps(session);
  const steps = await evidence.put(bytes);
  const page = new TextEncoder().encode('[]');
  const raw = await evidence.put(page);
  const manifest = Manifest.parse({
    kind: 'holdpoint-seal',
    version: 1,
    incidentId,
    agent: 'loan-agent',
    sessionId: session.sessionId,
    sealNumber: 1,
    previousUri: null,
    source: 'store',
    pages: [{ ...raw, bytes: page.length, source: 'page 1', contentType: 'application/json', masked: 0 }],
    spans: session.steps.length,
    steps: { ...steps, bytes: bytes.length, count: session.steps.length },
    completeness: session.completeness,
    exportComplete: true,
    missing: [],
    maskedFields: [],
    exportedAtMs: 1_772_331_300_000,
    rotatesAtMs: null,
    baselineTokens: 400,
    ...countsOf(session, 1_772_331_300_000),
  });
  const file = await evidence.put(new TextEncoder().encode(JSON.stringify(manifest)));
  const analysis = analyse(session, { tools: LOAN_TOOLS, profile: learnProfile(cleanLoans()), hint: null });
  const stored = await evidence.put(new TextEncoder().encode(JSON.stringify(analysis)));
  return {
    seal: sealOf(manifest, file.uri, file.sha256),
    analysis,
    analysisUri: stored.uri,
    analysisSha256: stored.sha256,
  };
}
