import { brokenDown } from '../../src/compose/broken-down.ts';

type State = ReturnType<Parameters<typeof brokenDown>[0]['getState']>;

let state: State;
let leaving: AbortController;
/** What became of the watch so far. */
let said: string;
beforeEach(() => {
  jest.useFakeTimers();
  [state, said, leaving] = ['RUNNING', 'nothing', new AbortController()];
  brokenDown({ getState: () => state }, leaving.signal).catch((error: Error) => (said = error.message));
});
afterEach(() => jest.useRealTimers());
const pass = (seconds: number): Promise<void> => jest.advanceTimersByTimeAsync(seconds * 1_000);

it('gives up a worker that drains for half a minute without being told to end', async () => {
  await pass(3_600);
  state = 'DRAINING';
  await pass(29);
  expect(said).toBe('nothing');
  await pass(3);
  expect(said).toBe('the worker stopped by itself and does not end (DRAINING)');
});

it('counts anew when the worker runs again', async () => {
  state = 'DRAINING';
  await pass(20);
  state = 'RUNNING';
  await pass(2);
  state = 'STOPPING';
  await pass(29);
  expect(said).toBe('nothing');
});

it('leaves a worker alone that was told to end, however long it takes', async () => {
  state = 'DRAINING';
  leaving.abort();
  await pass(600);
  expect(said).toBe('nothing');
});
