import type { ColumnType, Generated } from 'kysely';

/** JSON in and out: written as text, read parsed. `json`, not `jsonb`: it keeps what `jsonb` refuses (`\u0000`). */
type Json = ColumnType<unknown, string, string>;

export interface Schema {
  audit_event: {
    incident_id: string;
    seq: number;
    event: Json;
    prev_hash: string;
    hash: string;
    recorded_at_ms: number;
  };
  audit_head: {
    incident_id: string;
    seq: number;
    head: string;
    signed_at_ms: number;
    key_id: string;
    signature: string;
  };
  prose: { incident_id: string; sha256: string; text: Json | null; erased_at_ms: number | null };
  incident: {
    incident_id: string;
    seq: number;
    head: string;
    revision: number;
    status: string;
    agent: string;
    severity: string;
    opened_at_ms: number;
    ended_at_ms: number | null;
    updated_at_ms: number;
    state: Json;
    line_version: number;
    title: string;
    phase: string;
    mode: string | null;
    owner_id: string | null;
    distribution_due_ms: number | null;
    sign_off_due_ms: number | null;
    pending_sign_offs: number;
    open_remediation: number;
    contain_ms: number | null;
    classify_ms: number | null;
    sign_offs_ms: number[];
    distribute_ms: number | null;
    late: boolean;
    words: string;
    held: boolean;
    session_ids: string[];
  };
  evidence_key: {
    incident_id: string;
    part: ColumnType<'traces' | 'history', 'traces' | 'history' | undefined>;
    key: Buffer | null;
    created_at_ms: number;
    destroyed_at_ms: number | null;
  };
  legal_hold: {
    incident_id: string;
    hold_id: string;
    reason: string;
    placed_by: string;
    placed_at_ms: number;
    lifted_by: string | null;
    lifted_at_ms: number | null;
  };
  erasure: {
    id: Generated<number>;
    incident_id: string;
    what: 'evidence' | 'words';
    erased_by: string;
    reason: string;
    erased_at_ms: number;
  };
  effect_ledger: {
    key: string;
    kind: string;
    state: 'intended' | 'done' | 'not_done' | 'uncertain';
    detail: Json;
    result: Json | null;
    attempts: number;
    intended_at_ms: number;
    settled_at_ms: number | null;
  };
  directory: { id: string; name: string; kind: string; address: string | null; updated_at_ms: number };
  document: { kind: string; key: string; value: Json; updated_at_ms: number };
  span_chunk: {
    id: Generated<number>;
    agent: string;
    arrived_at_ms: number;
    encoding: 'json' | 'protobuf' | 'spans';
    body: Buffer;
  };
  span_trace: {
    chunk_id: number;
    agent: string;
    trace_id: string;
    arrived_at_ms: number;
    bytes: number;
    spans: Json;
  };
  span_session: { agent: string; session_id: string; trace_id: string; started_ms: number };
  session: {
    agent: string;
    session_id: string;
    started_at_ms: number;
    ended_at_ms: number;
    seen_at_ms: number;
    spans: number;
    model_calls: number;
    tool_calls: number;
    tool_errors: number;
    tokens: number;
    cost_usd: number | null;
    outcome: 'completed' | 'tool_error' | 'bad_output' | 'timeout' | 'budget_exceeded' | null;
    flags: string[];
    severity: 'info' | 'warning' | 'critical' | null;
    patterns: string[];
    findings: Json;
    response: 'none' | 'note' | 'alert' | 'contain';
    incident_id: string | null;
    narrowed_at: number | null;
    settled: boolean;
    validated_at_ms: number | null;
  };
  span_link: {
    agent: string;
    trace_id: string;
    span_id: string;
    linked_trace_id: string;
    linked_span_id: string;
    start_ms: number;
  };
  stop_switch_agent: { agent: string; seq: number };
  stop_switch: {
    agent: string;
    session_id: string;
    incident_id: string;
    verdict: 'go' | 'hold' | 'stop';
    reason: string;
    seq: number;
  };
  stop_switch_ack: {
    agent: string;
    session_id: string;
    seq: number;
    state: 'running' | 'paused' | 'stopped' | 'ended';
    pid: number | null;
    at_ms: number;
  };
}
