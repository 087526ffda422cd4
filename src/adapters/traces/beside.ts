import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { withMcpAnnotations } from '../../domain/mcp-tools.ts';
import { ToolManifest } from '../../domain/tools.ts';
import { Profile } from '../../forensics/learned/profile.ts';
import { TraceFileError } from './file.ts';

/** A file that a person gives beside a recording; what is wrong with it is a `TraceFileError`, with the remedy. */
const read = async <T>(
  path: string,
  what: string,
  schema: z.ZodType<T>,
  decode: (text: string) => unknown,
  remedy: string,
): Promise<T> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TraceFileError(`the ${what} ${path} cannot be read: check the name and its permissions`, {
      cause,
    });
  });
  let value: unknown;
  try {
    value = decode(text);
  } catch (cause) {
    throw new TraceFileError(
      `the ${what} ${path} cannot be parsed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  const result = schema.safeParse(value);
  if (!result.success)
    throw new TraceFileError(
      `the ${what} ${path} is not valid; ${remedy}:\n${z.prettifyError(result.error)}`,
    );
  return result.data;
};

/** What each tool does outside the session, as YAML, or as an MCP server lists its tools. */
export const readToolsFile = (path: string): Promise<ToolManifest> =>
  read(
    path,
    'tools file',
    ToolManifest,
    (t) => withMcpAnnotations(parse(t)),
    'examples/loan-agent/tools.yaml shows one',
  );

/** What is normal, from `holdpoint profile learn`. */
export const readProfileFile = (path: string): Promise<Profile> =>
  read(path, 'profile', Profile, (t) => JSON.parse(t), 'make one with `holdpoint profile learn`');
