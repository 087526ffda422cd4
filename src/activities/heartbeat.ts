import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/**
 * Beats for every activity that has a heartbeat timeout, for as long as it runs: the work of a worker that was killed
 * begins again after that time instead of after the activity's own, which may be an hour.
 */
export const heartbeats: ActivityInterceptorsFactory = (context: Context) => ({
  inbound: {
    async execute(input, next) {
      const { heartbeatTimeoutMs } = context.info;
      if (!heartbeatTimeoutMs) return next(input);
      const timer = setInterval(() => context.heartbeat(), heartbeatTimeoutMs / 4);
      try {
        return await next(input);
      } finally {
        clearInterval(timer);
      }
    },
  },
});
