import { isEntityAt } from '../values/ids.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { lastKey } from '../values/paths.ts';
import { asText } from '../read/json.ts';
import { clip } from '../text/text.ts';
import { leavesOf, leavesOutsideLists, type Leaf } from '../values/values.ts';

/** Case, signs and separators are no difference. */
const plain = (id: string): string => id.toLowerCase().replace(/[^a-z0-9]/g, '');
const idOf = ({ path, value }: Leaf): string | null =>
  typeof value === 'string' && isEntityAt(path, value.trim()) ? plain(value) : null;

/**
 * Answers about another thing than the one that was asked for: an id of the call comes back under its own name, and is
 * another one. Lists are left out: they hold others too. Version 1.
 */
export const otherRecords = ({ readings }: Observed): Hypothesis[] =>
  readings.flatMap(({ step }): Hypothesis[] => {
    const { tool, stepNumber } = step;
    if (tool?.status !== 'ok') return [];
    const asked = leavesOf(tool.args).filter((leaf) => !leaf.path.includes('[]') && idOf(leaf) !== null);
    if (asked.length === 0) return [];
    const answered = leavesOutsideLists(tool.result);
    return asked.flatMap((arg): Hypothesis[] => {
      const { path, value } = arg;
      const name = lastKey(path);
      const other = answered.find((leaf) => lastKey(leaf.path) === name && idOf(leaf) !== null);
      if (!other) return [];
      const id = idOf(arg);
      if (answered.some((leaf) => idOf(leaf) === id)) return [];
      return [
        {
          kind: 'other-record',
          mode: 'context_poisoning',
          step: stepNumber,
          score: 0.5,
          reason: `${tool.name} was asked about ${String(value)} (${path}) and answered about ${String(other.value)}`,
          citations: [
            { step: stepNumber, place: `argument ${path}`, quote: String(value) },
            { step: stepNumber, place: `result ${other.path}`, quote: clip(asText(other.value), 280) },
          ],
          subject: { tool: tool.name, path: other.path, becomes: null },
        },
      ];
    });
  });
