/** One signed reversal: what tool to call with which arguments. The arguments are those of the signed plan, unchanged. */
export interface ReversalOrder {
  /** Idempotency key: the same for every attempt at this reversal. */
  key: string;
  tool: string;
  args: Readonly<Record<string, unknown>>;
  incidentId: string;
  /** What is being undone, for the record: e.g. `step 7, LN-11252`. */
  action: string;
}

/**
 * `done` only where reading back says so; `not_done` where nothing can have changed; `uncertain` is everything else:
 * a person looks, nothing is repeated blindly.
 */
export interface ReversalResult {
  status: 'done' | 'not_done' | 'uncertain';
  /** One sentence for a person. */
  evidence: string;
  atMs: number;
}

export interface ReversalTool {
  execute(order: ReversalOrder): Promise<ReversalResult>;
  /** Reads back, changes nothing. */
  verify(order: ReversalOrder): Promise<ReversalResult>;
}
