/**
 * Evaluated once a worker instead of once a workflow, and shared by all of them (`compose/workflow-bundle.ts`): pure code
 * without a state of its own. The SDK freezes what is shared, in depth, but passes by what is frozen already. Zod's
 * schemas work out their parts when they are first used, so their modules are frozen here, and only themselves.
 */
import * as z from 'zod';
import '../domain/incident/decide.ts';
import '../domain/incident/due.ts';
import '../domain/incident/phase.ts';
import './envelope.ts';
import { withoutPromiseNotes } from './promise-notes.ts';
import * as actor from '../domain/incident/actor.ts';
import * as command from '../domain/incident/command.ts';
import * as prose from '../domain/incident/prose.ts';
import * as ranges from '../domain/incident/ranges.ts';
import * as vocabulary from '../domain/incident/vocabulary.ts';
import * as policy from '../domain/policy.ts';
import * as analysis from '../domain/session/analysis.ts';
import * as finding from '../domain/session/finding.ts';
import * as outcome from '../domain/session/outcome.ts';
import * as session from '../domain/session/session.ts';
import * as step from '../domain/session/step.ts';

const schemas = [
  actor,
  command,
  prose,
  ranges,
  vocabulary,
  policy,
  analysis,
  finding,
  outcome,
  session,
  step,
];
const parts = [...Object.values(z), ...Object.values(z.core)].filter((part) => typeof part === 'object');
for (const one of [z, z.core, ...parts, ...schemas]) Object.freeze(one);
globalThis.Error = withoutPromiseNotes(Error);
