import { AgentStopped, openSession } from '../../../../src/instrument/index.ts';

/** An agent that calls a tool again and again, until its session is stopped. */
const say = (line: Record<string, unknown>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const main = async (): Promise<void> => {
  const session = await openSession({
    endpoint: process.env['ENDPOINT'] ?? '',
    agent: process.env['AGENT'] ?? '',
    sessionId: process.env['SESSION'] ?? '',
    objective: 'count',
    stopSwitch: { pollMs: 20, leaseMs: 20 },
    onHold: (state) => say({ state }),
  });
  try {
    for (let n = 1; ; n += 1) {
      await session.tracedToolCall(
        { name: 'count', args: { n } },
        () => new Promise((done) => setTimeout(done, 10)),
      );
      say({ n });
    }
  } catch (error) {
    if (!(error instanceof AgentStopped)) throw error;
    await session.end();
    say({ end: 'stopped' });
  }
};

void main();
