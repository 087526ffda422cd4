import { Secret } from '../../../src/config/secret.ts';
import { otlpRoutes, type OtlpDeps } from '../../../src/http/otlp.ts';

/** A receiver of the loan agent's spans, by the bearer key `secret-loan`. */
export const loanReceiver = (
  deps: Pick<OtlpDeps, 'spans'> & Partial<OtlpDeps>,
): ReturnType<typeof otlpRoutes> =>
  otlpRoutes({
    keys: [
      {
        id: 'loan',
        kind: 'bearer',
        secret: new Secret('secret-loan', 'LOAN'),
        agents: ['loan-agent'],
        may: ['traces'],
      },
    ],
    agents: ['loan-agent'],
    log: () => undefined,
    ...deps,
  });
