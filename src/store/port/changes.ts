/** One write of an incident's row; nulls when it is not known which, after a lost connection. */
export interface Change {
  incidentId: string | null;
  seq: number | null;
}

export interface Changes {
  /** Resolves once changes are heard, or their connection is being tried; gives what ends it. */
  subscribe(listener: (change: Change) => void): Promise<() => void>;
  /** The same of sessions: told that some were written, not which. */
  subscribeSessions(listener: () => void): Promise<() => void>;
}
