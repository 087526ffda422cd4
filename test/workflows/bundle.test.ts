import { bundleWorkflowCode } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';

it('bundles the workflows without Node modules, SDK clients or I/O', async () => {
  const workflowsPath = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, workflowInterceptorModules: [] });
  expect(code).toContain('reversals');
  expect(code).not.toMatch(/node_modules\/(pg|kysely|nodemailer|@slack|hono)\//);
});
