import { join } from 'node:path';
import { run } from '../../../src/embedded/run.ts';
import { removeFolder } from '../../support/folder.ts';
import { newInstalledCheckout, writeFiles } from './checkout.ts';

const GOOD = {
  numPassedTests: 3,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 0,
  numTodoTests: 0,
};
let dir: string;
beforeEach(() => {
  dir = newInstalledCheckout({});
});
afterEach(() => removeFolder(dir));

/** Runs the gate on a project whose checks and tests come out as told. */
async function gate(outcome: {
  result: unknown;
  check?: number;
  test?: number;
}): Promise<{ code: number | null; lines: string[] }> {
  const { result, check = 0, test = 0 } = outcome;
  const write = `require('fs').mkdirSync('test-results',{recursive:true});require('fs').writeFileSync('test-results/jest.json',process.argv[1])`;
  writeFiles(dir, {
    'result.cjs': result === undefined ? '' : write.replace('process.argv[1]', `'${JSON.stringify(result)}'`),
    'package.json': JSON.stringify({
      name: 'project',
      scripts: { check: `exit ${check}`, test: `node result.cjs; exit ${test}` },
    }),
  });
  const { code, output } = await run(join(dir, '.ci', 'run'), [], { timeoutMs: 60_000 });
  return { code, lines: output.trimEnd().split('\n') };
}

describe('the gate', () => {
  it('ends with the count of what passed', async () => {
    const { code, lines } = await gate({ result: GOOD });
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe('3 passed, 0 failed');
  });

  it.each([
    ['a test failed', { ...GOOD, numFailedTests: 1 }, '3 passed, 1 failed'],
    ['a test file did not run', { ...GOOD, numRuntimeErrorTestSuites: 1 }, '3 passed, 1 failed'],
    ['a test was left out', { ...GOOD, numPendingTests: 2 }, '3 passed, 0 failed'],
    ['a test is still to be written', { ...GOOD, numTodoTests: 1 }, '3 passed, 0 failed'],
    ['no test ran', { ...GOOD, numPassedTests: 0 }, '0 passed, 0 failed'],
    ['jest left no result', undefined, '0 passed, 1 failed'],
  ])('is shut when %s', async (_why, result, lastLine) => {
    const { code, lines } = await gate({ result });
    expect(code).not.toBe(0);
    expect(lines.at(-1)).toBe(lastLine);
  });

  it('is shut when the checks or jest itself failed, whatever the count says', async () => {
    expect((await gate({ result: GOOD, check: 1 })).code).not.toBe(0);
    expect((await gate({ result: GOOD, test: 1 })).code).not.toBe(0);
  });
});
