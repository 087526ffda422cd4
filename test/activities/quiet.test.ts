import { createQuiet } from '../../src/activities/quiet.ts';

it('lets a card be shown once in a quiet time, and says when again', () => {
  let atMs = 10_000;
  const quiet = createQuiet(() => atMs);
  quiet.check('inc-1', 1_000);
  quiet.shown('inc-1');
  atMs += 300;
  expect(() => quiet.check('inc-1', 1_000)).toThrow(
    expect.objectContaining({ type: 'TooSoon', category: 'BENIGN', nextRetryDelay: 700 }),
  );
  quiet.check('inc-2', 1_000);
  quiet.check('inc-1', 0);
  atMs += 700;
  quiet.check('inc-1', 1_000);
});

it('keeps no card away for longer than the quiet time when the clock is set back', () => {
  let atMs = 10_000;
  const quiet = createQuiet(() => atMs);
  quiet.shown('inc-1');
  atMs -= 3_600_000;
  expect(() => quiet.check('inc-1', 1_000)).toThrow(expect.objectContaining({ nextRetryDelay: 1_000 }));
});
