import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { alertOf, SECRETS, startWorld, type World } from '../http/world.ts';
import { projectFromTarball, TSC } from '../instrument/project.ts';

const run = promisify(execFile);

const PROGRAM = `import { createClient, HoldpointProblem } from 'holdpoint/client';
const [url, source, person] = process.argv.slice(2);
const { incidentId } = await createClient({ url, token: source }).postAlert({ body: JSON.parse(process.env.ALERT) });
const ana = createClient({ url, token: person });
await ana.giveCommand({ id: incidentId, body: { type: 'addNote', text: 'from a tarball' } });
const { timeline } = await ana.viewIncident({ id: incidentId });
const refused = await ana.getAudit({ id: incidentId }).catch((error) => error);
console.log(JSON.stringify({ note: timeline.entries[0].what, refused: refused instanceof HoldpointProblem && refused.problem.code }));
`;
const TYPED = `import { createClient, type HoldpointClient } from 'holdpoint/client';
const client: HoldpointClient = createClient({ url: 'http://127.0.0.1:7400' });
export const open = async (): Promise<number> => (await client.overview({ severity: 'sev1' })).counts.open;
export const note = (id: string): Promise<{ events: number }> =>
  client.giveCommand({ id, body: { type: 'addNote', text: 'seen' } });
// @ts-expect-error no such severity
export const wrong = client.overview({ severity: 'sev9' });
// @ts-expect-error no such command
export const unknown = client.giveCommand({ id: 'x', body: { type: 'tick' } });
`;

let folder: string;
let world: World;
beforeAll(async () => {
  [folder, world] = await Promise.all([projectFromTarball(), startWorld()]);
  await writeFile(join(folder, 'program.mjs'), PROGRAM);
  await writeFile(join(folder, 'typed.ts'), TYPED);
}, 240_000);
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

it('works from the packed tarball in a folder of its own', async () => {
  const env = { ...process.env, ALERT: JSON.stringify(alertOf()) };
  const args = ['program.mjs', world.url, SECRETS.AGENT_KEY, SECRETS.TOKEN_ANA];
  const { stdout } = await run(process.execPath, args, { cwd: folder, env });
  expect(JSON.parse(stdout)).toEqual({ note: 'Note: from a tarball', refused: 'role-missing' });
});

it('has types that take what the API takes, and nothing else', async () => {
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck'];
  await run(process.execPath, [TSC, ...options, '--types', 'node', 'typed.ts'], { cwd: folder });
});
