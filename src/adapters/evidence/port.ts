/** A file is there, and it is not what its address says; or it is not there any more. Retrying does not help. */
export class EvidenceAltered extends Error {
  override name = 'EvidenceAltered';
}

/** A file is there and can never be read again: the key of its incident was destroyed. */
export class EvidenceErased extends Error {
  override name = 'EvidenceErased';
}

/** The store cannot be read or written now: full, read-only, out of reach. The message says what to look at. */
export class EvidenceUnavailable extends Error {
  override name = 'EvidenceUnavailable';
}

export type Verdict = { ok: true } | { ok: false; problem: string };

/**
 * Sealed files, each addressed by what is in it (`sha256:…`), so that none can be replaced. Names point at files and
 * never change.
 */
export interface EvidenceStore {
  /** Durable when it returns; the same bytes twice are one file. */
  put(bytes: Uint8Array): Promise<{ sha256: string; uri: string }>;
  /** Throws `EvidenceAltered` rather than giving bytes that are not what was put. */
  get(uri: string): Promise<Uint8Array>;
  /** Reads the file again and compares the digest. Throws only `EvidenceUnavailable`. */
  verify(uri: string): Promise<Verdict>;
  /** Gives a file a name for ever, unless the name stands already; returns the address that it stands for. */
  name(name: readonly string[], uri: string): Promise<string>;
  named(name: readonly string[]): Promise<string | null>;
  /** The store for a part of an incident that may have to be erased; absent where nothing is encrypted. */
  of?(incidentId: string, part?: ErasablePart): EvidenceStore;
}

/** What comes out of an incident's traces, and the histories of its workflow, which hold what people wrote too. */
export type ErasablePart = 'traces' | 'history';

/** Where to put a part of an incident that may have to be erased. */
export const evidenceOf = (
  store: Pick<EvidenceStore, 'put' | 'of'>,
  incidentId: string,
  part: ErasablePart = 'traces',
): Pick<EvidenceStore, 'put'> => store.of?.(incidentId, part) ?? store;
