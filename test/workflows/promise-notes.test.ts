import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { withoutPromiseNotes } from '../../src/workflows/promise-notes.ts';
import { testEnvironment } from '../support/temporal.ts';
import { House } from './support/house.ts';

const Quiet = withoutPromiseNotes(Error);

it('an error without a word has no stack, and is an error all the same', () => {
  const error = new Quiet();
  expect(error.stack).toBeUndefined();
  expect(error).toBeInstanceOf(Error);
  expect(error.message).toBe('');
});

it('errors with a word, called or constructed, and subclasses keep their stack', () => {
  class Told extends Quiet {
    override readonly name = 'Told';
  }
  const cause = new Quiet('before');
  for (const error of [new Quiet('why', { cause }), Quiet('why', { cause }), new Told('why', { cause })]) {
    expect(error.stack).toContain('promise-notes.test');
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(Quiet);
    expect(error).toMatchObject({ message: 'why', cause });
  }
  expect(new Told()).toBeInstanceOf(Told);
  expect(new Told().stack).toContain('promise-notes.test');
  expect(new TypeError('x')).toBeInstanceOf(Quiet);
});

describe('in a worker', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await testEnvironment();
  });
  afterAll(() => env.teardown());

  it('nothing is noted of the promises of an incident', async () => {
    const house = new House(env);
    await house.live(async () => {
      await house.alert();
      expect(await house.handle.query<string, []>('__stack_trace')).toBe('');
    });
  });
});
