import { AsyncLocalStorage } from 'node:async_hooks';

export interface Flights {
  /** Runs a call as one in flight. */
  fly<T>(fn: () => Promise<T>): Promise<T>;
  /** Waits inside the call in flight, if there is one: it and those around it do nothing meanwhile. */
  parked(wait: () => Promise<void>): Promise<void>;
  /** True when no call does anything. */
  quiet(): boolean;
}

interface Flight {
  parent: Flight | null;
  /** How many calls inside this one wait at the gate. */
  waiting: number;
}

/** The calls of one session that are under way, nested ones included. */
export const createFlights = (): Flights => {
  const flights = new Set<Flight>();
  const here = new AsyncLocalStorage<Flight>();

  const mark = (by: 1 | -1): void => {
    for (let flight = here.getStore() ?? null; flight !== null; flight = flight.parent) flight.waiting += by;
  };

  return {
    fly: async (fn) => {
      const flight: Flight = { parent: here.getStore() ?? null, waiting: 0 };
      flights.add(flight);
      try {
        return await here.run(flight, fn);
      } finally {
        flights.delete(flight);
      }
    },
    parked: async (wait) => {
      mark(1);
      try {
        await wait();
      } finally {
        mark(-1);
      }
    },
    quiet: () => [...flights].every((flight) => flight.waiting > 0),
  };
};
