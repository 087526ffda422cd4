/** Small named JSON documents: learned profiles, live rules, eval cases, Slack message addresses. */
export interface Documents {
  put(kind: string, key: string, value: unknown): Promise<void>;
  get(kind: string, key: string): Promise<unknown>;
  list(kind: string, prefix: string): Promise<{ key: string; value: unknown }[]>;
}
