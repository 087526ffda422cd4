/** Small named JSON documents: learned profiles, live rules, eval cases, Slack message addresses. */
export interface Documents {
  put(kind: string, key: string, value: unknown): Promise<void>;
  get(kind: string, key: string): Promise<unknown>;
  /** Those that there are, in one round trip. */
  getMany(kind: string, keys: readonly string[]): Promise<Map<string, unknown>>;
  list(kind: string, prefix: string): Promise<{ key: string; value: unknown }[]>;
}
