import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { withMcpAnnotations } from '../../domain/mcp-tools.ts';
import { ToolManifest } from '../../domain/tools.ts';
import { describe } from '../describe.ts';
import { ConfigError } from '../issue.ts';
import type { AgentSection } from '../schema/agent.ts';
import { readSource, type Path } from '../source.ts';
import type { AgentConfig, ContainmentConfig, ReversalConfig } from '../types.ts';
import type { Findings } from './findings.ts';
import { resolveTraces } from './traces.ts';

/** What of the rest of the file an agent refers to. */
export interface Known {
  agents: readonly string[];
  /** Person's key → actor id. */
  people: ReadonlyMap<string, string>;
  /** The folder that relative paths start from. */
  folder: string;
}

function containment(
  section: AgentSection['containment'],
  path: Path,
  findings: Findings,
): ContainmentConfig {
  switch (section.kind) {
    case 'stop-switch':
      return { kind: section.kind, leaseMs: section.lease, confirmWithinMs: section.confirmWithin };
    case 'webhook':
      return {
        kind: section.kind,
        url: section.url,
        secret: findings.secret(section.secretEnv, [...path, 'secretEnv']),
        timeoutMs: section.timeout,
      };
    case 'temporal':
      return { kind: section.kind, workflowId: section.workflowId, namespace: section.namespace ?? null };
  }
}

/** The manifest, from its own file or from this one. */
function tools(
  section: AgentSection['tools'],
  path: Path,
  folder: string,
  findings: Findings,
): ToolManifest | null {
  if (section === undefined) {
    findings.warn(
      path.slice(0, -1),
      'it has no `tools`, so each of its tools counts as unknown, that is irreversible.',
    );
    return null;
  }
  if (typeof section !== 'string') return { tools: section };
  const file = resolve(folder, section);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    findings.say(path, `the name of a file that can be read; ${file} cannot`);
    return null;
  }
  return toolsOfText(text, basename(file), findings);
}

function toolsOfText(text: string, name: string, findings: Findings): ToolManifest | null {
  try {
    const source = readSource(text, name);
    const parsed = ToolManifest.safeParse(withMcpAnnotations(source.value), { reportInput: true });
    if (parsed.success) return parsed.data;
    findings.issues.push(...parsed.error.issues.flatMap((issue) => describe(issue, ToolManifest, source)));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    findings.issues.push(...error.issues);
  }
  return null;
}

function reversals(
  section: AgentSection['reversals'],
  path: Path,
  findings: Findings,
): Record<string, ReversalConfig> {
  const resolved: Record<string, ReversalConfig> = {};
  for (const [tool, { secretHeaders, ...call }] of Object.entries(section)) {
    const at = [...path, tool];
    const secrets = Object.entries(secretHeaders).map(
      ([header, env]) => [header, findings.secret(env, [...at, 'secretHeaders', header], 1)] as const,
    );
    if (call.verify === undefined)
      findings.warn(
        at,
        'without `verify` nothing reads back what became of it, and each reversal ends as uncertain.',
      );
    resolved[tool] = { ...call, secretHeaders: Object.fromEntries(secrets) };
  }
  return resolved;
}

/** Each tool that says what undoes it needs a way to call that. */
function checkReversals(
  manifest: ToolManifest | null,
  section: AgentSection,
  path: Path,
  findings: Findings,
): void {
  for (const [tool, { reversible, reversal }] of Object.entries(manifest?.tools ?? {})) {
    if (reversible !== true) continue;
    if (reversal === undefined) {
      findings.say(
        [...path, 'tools'],
        `reversal: <tool that undoes it> for ${tool}, or reversible: false`,
        `${tool}, reversible by nothing`,
      );
    } else if (!Object.hasOwn(section.reversals, reversal)) {
      const write = `reversals: { ${reversal}: { url: …, method: … } }, how Holdpoint calls what undoes ${tool}`;
      findings.say([...path, 'reversals'], write, `no way to call ${reversal}`);
    }
  }
}

export function resolveAgent(
  name: string,
  section: AgentSection,
  known: Known,
  findings: Findings,
): AgentConfig {
  const path: Path = ['agents', name];
  findings.names([...path, 'owners'], section.owners, [...known.people.keys()], 'people');
  findings.names([...path, 'subagentsAllowed'], section.subagentsAllowed, known.agents, 'agents');
  const manifest = tools(section.tools, [...path, 'tools'], known.folder, findings);
  checkReversals(manifest, section, path, findings);
  return {
    name,
    ownerIds: section.owners.flatMap((owner) => known.people.get(owner) ?? []),
    containment: containment(section.containment, [...path, 'containment'], findings),
    subagentsAllowed: section.subagentsAllowed,
    traces: resolveTraces(section.traces, [...path, 'traces'], known.folder, findings),
    tools: manifest,
    reversals: reversals(section.reversals, [...path, 'reversals'], findings),
    tokenBudget: section.tokenBudget ?? null,
    live: section.live,
  };
}
