import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { SEARCH_ATTRIBUTES } from '../../src/embedded/temporal/server.ts';
import { fromSetup } from './environment.ts';

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_KEYWORD_LIST } =
  temporal.api.enums.v1.IndexedValueType;

/**
 * The run's Temporal dev server (namespace `default`, Holdpoint's search attributes registered). Every test file uses
 * task queues and workflow ids of its own, and calls `teardown()` at its end.
 */
export function testEnvironment(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createFromExistingServer({
    address: fromSetup('HOLDPOINT_TEST_TEMPORAL'),
    namespace: 'default',
  });
}

/**
 * A time-skipping server of the caller's own. Skipping is global to it, so its tests run one after another; an update
 * does not skip time, `environment.sleep()` does. `teardown()` ends it.
 */
export async function timeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  const path = fromSetup('HOLDPOINT_TEST_SERVER_BIN');
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [
        name,
        type === 'Keyword' ? INDEXED_VALUE_TYPE_KEYWORD : INDEXED_VALUE_TYPE_KEYWORD_LIST,
      ]),
    ),
  });
  return environment;
}

/** The bundle of `src/workflows/index.ts`, made once a run; goes into `Worker.create({ workflowBundle })`. */
export function workflowBundle(): { codePath: string } {
  const error = process.env['HOLDPOINT_TEST_BUNDLE_ERROR'];
  if (error) throw new Error(`the workflows do not bundle: ${error}`);
  return { codePath: fromSetup('HOLDPOINT_TEST_BUNDLE') };
}
