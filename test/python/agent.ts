import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonPackages } from './packages.ts';

export interface PythonAgent {
  /** The next line it says. */
  says(): Promise<Record<string, unknown>>;
  /** Everything it says from here to its end, and its exit code. */
  rest(): Promise<{ said: Record<string, unknown>[]; code: number | null; stderr: string }>;
  tell(line: string): void;
  kill(): void;
}

/** Starts one agent of driver.py, by the machine's own python3. */
export const startAgent = async (name: string, url: string): Promise<PythonAgent> => {
  const packages = await pythonPackages();
  const path = [packages, join(__dirname, '..', '..', 'python')].join(':');
  const child = spawn('python3', [join(__dirname, 'driver.py'), name], {
    env: { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1', HOLDPOINT_URL: url },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown> | null> => {
    const { value, done } = await lines.next();
    return done ? null : (JSON.parse(value as string) as Record<string, unknown>);
  };
  return {
    says: async () => {
      const said = await next();
      if (said === null) throw new Error(`the agent ended: ${stderr}`);
      return said;
    },
    rest: async () => {
      child.stdin.end();
      const said: Record<string, unknown>[] = [];
      for (let line = await next(); line !== null; line = await next()) said.push(line);
      const [code] = await closed;
      return { said, code, stderr };
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    kill: () => void child.kill('SIGKILL'),
  };
};
