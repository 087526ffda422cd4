/** Names and addresses of people and recipients: personal data, beside the chain, erasable. */
export interface Directory {
  put(
    id: string,
    entry: { name: string; kind: 'person' | 'mail' | 'channel'; address: string | null },
  ): Promise<void>;
  get(id: string): Promise<{ name: string; kind: string; address: string | null } | null>;
  names(ids: string[]): Promise<Record<string, string>>;
  /** False when there was no such entry. */
  erase(id: string): Promise<boolean>;
}
