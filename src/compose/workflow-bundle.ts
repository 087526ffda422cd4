import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Beside this file: TypeScript in a checkout, JavaScript once built. */
function workflowsFile(name: string): string {
  const source = fileURLToPath(new URL(`../workflows/${name}.ts`, import.meta.url));
  return existsSync(source) ? source : source.replace(/\.ts$/, '.js');
}

/** The workflows in one text, for a worker. Takes seconds. */
export const bundleWorkflows = (): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({
    workflowsPath: workflowsFile('index'),
    preloadModules: [workflowsFile('shared')],
    logger: new DefaultLogger('WARN'),
  });
