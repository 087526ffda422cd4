import { z } from 'zod';
import { Command, type CommandOf, type CommandType } from '../../domain/incident/command.ts';
import { Prose } from '../../domain/incident/prose.ts';

/** Commands that people give through the API; the others are the engine's and the sources'. */
export const PERSON_COMMANDS = [
  'nameSession',
  'joinSession',
  'takeOverContainment',
  'retryContainment',
  'releaseAgent',
  'confirmMode',
  'completeFirstAction',
  'confirmOrigin',
  'confirmCascade',
  'confirmAnalysis',
  'classifyActions',
  'requestSignOff',
  'signReversal',
  'denyReversal',
  'breakGlass',
  'countersign',
  'settleUncertain',
  'recordRemediation',
  'editSection',
  'addFactor',
  'removeFactor',
  'attestFactors',
  'describeGap',
  'attestItem',
  'finalisePostmortem',
  'settleReceipt',
  'acknowledge',
  'takeOwnership',
  'handOver',
  'setSeverity',
  'addNote',
  'proposeEnding',
  'withdrawEnding',
  'secondEnding',
  'requestClose',
] as const satisfies readonly CommandType[];
export type PersonCommandType = (typeof PERSON_COMMANDS)[number];

type Plain<T> = T extends Prose ? string : T;
type Worded<C> = { [K in Exclude<keyof C, 'id' | 'at' | 'by'>]: Plain<C[K]> };
/** A command as a person sends it: words are plain text; who gives it and when is never in it. */
export type PersonCommand = { [T in PersonCommandType]: Worded<CommandOf<T>> }[PersonCommandType] & {
  /** The same id again counts once. */
  id?: string;
};

const Words = z.string().trim().min(1).max(3_000).describe('plain text; its digest is made by the server');

/** Where the domain takes words with their digest, a person sends the words. */
function plainField(field: z.ZodType): z.ZodType {
  if (field === Prose) return Words;
  if (field instanceof z.ZodNullable && field.unwrap() === Prose) return Words.nullable();
  return field;
}

const isPersons = (type: string): boolean => PERSON_COMMANDS.some((known) => known === type);

const options = Command.options
  .filter(({ shape }) => isPersons(shape.type.value))
  .map(({ shape }) => {
    const { id: _id, at: _at, by: _by, type, ...fields } = shape as Record<string, z.ZodType>;
    const words = Object.entries(fields).map(([name, field]) => [name, plainField(field)] as const);
    const id = z.string().min(1).max(150).describe('the same id again counts once').optional();
    return z.strictObject({ type: type as z.ZodType, id, ...Object.fromEntries(words) });
  });

export const PersonCommandBody = z.union(options).describe('one command of a person, told apart by its type');
