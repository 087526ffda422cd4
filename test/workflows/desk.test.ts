import { Desk } from '../../src/workflows/desk.ts';

/** A desk as it is when the worker has let go of its run: its methods, without a workflow around them. */
const left = (): Desk => Object.create(Desk.prototype) as Desk;

it('takes no worker down when a loop goes on outside its workflow', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  try {
    left().beside('loop', () => Promise.reject(new Error('the context is gone')));
    await new Promise((resolve) => setTimeout(resolve, 50));
  } finally {
    process.off('unhandledRejection', note);
  }
  expect(unhandled).toEqual([]);
});
