import type { ServerProgram } from './wheels.ts';

/** What is looked for, and where. */
export type Search = {
  program: ServerProgram;
  /** Where fetched programs are kept. */
  cacheDir: string;
  /** Such as `linux-x64`. */
  platform: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Told what takes long. */
  report: (line: string) => void;
};

/** What one way of finding the program came to: its path, or why not. */
export type Answer = { path: string } | { miss: string };
