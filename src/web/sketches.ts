import { setTimeout as sleep } from 'node:timers/promises';
import { EvidenceAltered } from '../adapters/evidence/port.ts';
import type { SessionState } from '../domain/incident/state.ts';
import type { Analysis } from '../domain/session/analysis.ts';
import type { Session } from '../domain/session/session.ts';
import { type SealedSketch, sketchOf } from './views/incident/session.ts';

export interface SealedFiles {
  /** Throws `EvidenceAltered` when the files are not what was sealed. */
  loadSession(manifestUri: string): Promise<Session>;
  loadAnalysis(uri: string, sha256: string): Promise<Analysis>;
}

export type Read =
  | { state: 'shown'; sketch: SealedSketch }
  | { state: 'not_sealed' | 'being_read' | 'unreadable' | 'altered' };

/** Sealed sessions as they are drawn: read once, for what is sealed does not change. */
export interface Sketches {
  /** Waits a moment; a file that takes longer goes on being read, and is there for the next who asks. */
  read(session: SessionState): Promise<Read>;
}

const KEPT = 50;
const PATIENCE_MS = 1_000;

async function load(files: SealedFiles, { seal, analysis }: SessionState): Promise<Read> {
  if (!seal) return { state: 'not_sealed' };
  try {
    const [session, found] = await Promise.all([
      files.loadSession(seal.uri),
      analysis ? files.loadAnalysis(analysis.analysisUri, analysis.analysisSha256) : null,
    ]);
    return { state: 'shown', sketch: sketchOf(session, found) };
  } catch (error) {
    const isAltered =
      error instanceof EvidenceAltered ||
      (error instanceof Error && /not the one that was sealed/.test(error.message));
    return { state: isAltered ? 'altered' : 'unreadable' };
  }
}

export function createSketches(files: SealedFiles, patienceMs = PATIENCE_MS): Sketches {
  const kept = new Map<string, Promise<Read>>();
  const started = (session: SessionState): Promise<Read> => {
    const key = `${session.seal?.uri} ${session.analysis?.analysisSha256}`;
    const known = kept.get(key);
    if (known) {
      kept.delete(key);
      kept.set(key, known);
      return known;
    }
    const reading = load(files, session).then((read) => {
      // What could not be read now may be there the next time.
      if (read.state !== 'shown') kept.delete(key);
      return read;
    });
    kept.set(key, reading);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(oldest);
    }
    return reading;
  };
  return {
    read: async (session) => {
      if (!session.seal) return { state: 'not_sealed' };
      const stop = new AbortController();
      const late = sleep(patienceMs, { state: 'being_read' } as const, { signal: stop.signal }).catch(
        () => ({ state: 'being_read' }) as const,
      );
      const first = await Promise.race([started(session), late]);
      stop.abort();
      return first;
    },
  };
}
