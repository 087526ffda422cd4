import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from '../../src/compose/workflow-bundle.ts';

it('bundles the workflows without Node modules, SDK clients or I/O', async () => {
  const { code } = await bundleWorkflows();
  expect(code).toContain('reversals');
  expect(code).not.toMatch(/node_modules\/(pg|kysely|nodemailer|@slack|hono)\//);
});

it('freezes every module of schemas by itself, before the SDK freezes what is shared in depth', async () => {
  const { code } = await bundleWorkflows();
  const shared = readFileSync(new URL('../../src/workflows/shared.ts', import.meta.url), 'utf8');
  const domain = fileURLToPath(new URL('../../src/domain', import.meta.url));
  const withSchemas = readdirSync(domain, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && code.includes(`"./src/domain/${name}"`))
    .filter((name) => readFileSync(`${domain}/${name}`, 'utf8').includes(`from 'zod'`));
  expect(withSchemas).toContain('incident/command.ts');
  for (const name of withSchemas)
    expect(shared).toMatch(new RegExp(`import \\* as \\w+ from '../domain/${name}'`));
});
