import type { TracesConfig } from '../config/types.ts';
import { createJaegerTraces } from '../adapters/traces/jaeger.ts';
import { createLangfuseTraces } from '../adapters/traces/langfuse.ts';
import { createPhoenixTraces } from '../adapters/traces/phoenix.ts';
import type { TraceStore } from '../adapters/traces/port.ts';
import { createTempoTraces } from '../adapters/traces/tempo.ts';

type Remote = Exclude<TracesConfig, { kind: 'store' | 'file' }>;
type Keyed = Exclude<Remote, { kind: 'langfuse' }>;

const headersOf = ({ key, user }: Keyed): Record<string, string> => {
  if (key === null) return {};
  const basic = Buffer.from(`${user}:${key.reveal()}`).toString('base64');
  return { authorization: user === null ? `Bearer ${key.reveal()}` : `Basic ${basic}` };
};

/** The trace store behind HTTP that the configuration names. */
export const remoteTraces = (config: Remote): TraceStore => {
  const settleWithinMs = config.settleWithinMs ?? undefined;
  switch (config.kind) {
    case 'phoenix':
      return createPhoenixTraces({ ...config, settleWithinMs, headers: headersOf(config) });
    case 'jaeger':
      return createJaegerTraces({ ...config, settleWithinMs, headers: headersOf(config) });
    case 'tempo': {
      const tenant = config.tenant === null ? {} : { 'x-scope-orgid': config.tenant };
      return createTempoTraces({ ...config, settleWithinMs, headers: { ...headersOf(config), ...tenant } });
    }
    case 'langfuse': {
      const [publicKey, secretKey] = [config.publicKey.reveal(), config.secretKey.reveal()];
      return createLangfuseTraces({ ...config, settleWithinMs, publicKey, secretKey });
    }
  }
};
