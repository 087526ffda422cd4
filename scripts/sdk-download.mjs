/**
 * Lets the Temporal SDK download a server program into a folder: `sdk-download.mjs <program> <dir>`. A process of its
 * own, because the SDK can only download by starting a server, and its runtime can be set up once a process.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [program, downloadDir] = process.argv.slice(2);
const executable = { type: 'cached-download', downloadDir };
const environment =
  program === 'temporal'
    ? await TestWorkflowEnvironment.createLocal({ server: { executable } })
    : await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
await environment.teardown();
process.exit(0);
