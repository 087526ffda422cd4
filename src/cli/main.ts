#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runCli } from './run.ts';

const started = process.argv[1];
// Imported by a test, nothing runs; run under any name or link, it does.
if (started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(import.meta.url))) {
  void runCli(process.argv.slice(2)).then((code) => {
    if (code !== 0) process.exitCode = code;
  });
}
