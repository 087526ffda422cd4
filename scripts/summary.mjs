/**
 * Prints `N passed, N failed` from jest's result file and fails when a test failed, a test file did not run, a test
 * was left out, or there was no test at all: `summary.mjs <jest.json>`.
 */
import { readFileSync } from 'node:fs';
import { isMain, main, say } from './install.mjs';

/** What a jest result comes to: the line for people, and why it is not good enough (empty when it is). */
export function summarise(result) {
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const left = result.numPendingTests + result.numTodoTests;
  const objections = [];
  if (failed > 0) objections.push(`${failed} failed`);
  if (left > 0) objections.push(`${left} were left out; every test must run`);
  if (result.numPassedTests + failed === 0) objections.push('no test ran');
  return { line: `${result.numPassedTests} passed, ${failed} failed`, objections };
}

if (isMain(import.meta.url)) {
  void main(() => {
    let result;
    try {
      result = JSON.parse(readFileSync(process.argv[2], 'utf8'));
    } catch {
      result = {
        numPassedTests: 0,
        numFailedTests: 0,
        numRuntimeErrorTestSuites: 1,
        numPendingTests: 0,
        numTodoTests: 0,
      };
      say('jest left no result');
    }
    const { line, objections } = summarise(result);
    for (const objection of objections) say(objection);
    process.stdout.write(`${line}\n`);
    if (objections.length > 0) process.exit(1);
  });
}
