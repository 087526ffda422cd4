import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createBaseline } from '../../src/activities/baseline.ts';
import { AGENT } from '../../src/embedded/sample/config.ts';
import { Player } from '../../src/embedded/sample/player.ts';
import { Scenario } from '../../src/embedded/sample/scenario.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { findingsOf, uncertainOnTheWay } from './findings.ts';
import { Patience } from './patience.ts';
import { type Kill, nameOf, type Random } from './points.ts';
import { lookingHabits } from './truth.ts';
import type { World } from './world.ts';

export interface KillRow {
  incidentId: string;
  kill: Kill;
  /** When it came, ms after the incident began; null: the moment was not reached. */
  firedAfterMs: number | null;
}

export interface IncidentRow {
  incidentId: string;
  status: string;
  /** Sends and reversals that a person was asked about. */
  uncertain: number;
  tookMs: number;
  findings: string[];
}

const LONGEST_DOWN_MS = 1_500;
/** Longer than the longest pause between two tries of anything. */
const STILL_MS = 180_000;
const LOOK_MS = 1_000;

/** Runs whole incidents of the sample under kills. */
export class Chaos {
  readonly kills: KillRow[] = [];
  readonly incidents: IncidentRow[] = [];
  private readonly world: World;
  private readonly store: Store;
  private readonly random: Random;
  private readonly say: (line: string) => void;
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(world: World, store: Store, random: Random, say: (line: string) => void) {
    this.world = world;
    this.store = store;
    this.random = random;
    this.say = say;
  }

  static async over(world: World, random: Random, say: (line: string) => void): Promise<Chaos> {
    return new Chaos(world, await createStore({ url: world.databaseUrl }), random, say);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private scenario(): Scenario {
    const { home: dir, loans, endpoint, key } = this.world;
    const baseline = createBaseline(this.store);
    const { dir: loansDir, urls } = loans;
    return new Scenario({
      dir,
      loansDir,
      urls,
      endpoint,
      key,
      store: this.store,
      baseline,
      say: () => undefined,
    });
  }

  /** One incident, from the alert to the end, with these kills in it. */
  async incident(kills: readonly Kill[]): Promise<void> {
    const startedAt = Date.now();
    const armed = this.arm(kills, startedAt);
    const scenario = this.scenario();
    const accepted: string[] = [];
    const ending = new AbortController();
    try {
      const incidentId = await this.opened(scenario);
      for (const row of armed) row.incidentId = incidentId;
      const repeats = this.repeatAlerts(incidentId, accepted, ending.signal);
      const said = await this.play(incidentId);
      ending.abort();
      await repeats;
      // What comes after the end, the archive of its history, is killed too.
      await this.settled(incidentId, accepted);
      this.disarm();
      await this.world.standing();
      const findings = await this.settled(incidentId, accepted);
      const row = await this.store.incidents.get(incidentId);
      const status = row?.state.status ?? 'none';
      if (status !== 'closed') findings.push(`not closed: ${said.slice(-3).join(' | ')}`);
      this.incidents.push({
        incidentId,
        status,
        uncertain: uncertainOnTheWay(await this.store.audit.events(incidentId)),
        tookMs: Date.now() - startedAt,
        findings,
      });
    } finally {
      ending.abort();
      this.disarm();
      await scenario.stop();
      this.kills.push(...armed);
    }
  }

  private arm(kills: readonly Kill[], startedAt: number): KillRow[] {
    const rows = kills.map((kill): KillRow => ({ incidentId: '', kill, firedAfterMs: null }));
    const counts = new Map<KillRow, number>();
    const fire = (row: KillRow): void => {
      row.firedAfterMs = Date.now() - startedAt;
      this.say(`  ${(row.firedAfterMs / 1_000).toFixed(1)} s: ${row.kill.victim} killed ${nameOf(row.kill)}`);
      void this.world.kill(row.kill.victim, Math.floor(this.random() * LONGEST_DOWN_MS));
    };
    for (const row of rows) {
      const { kill } = row;
      if (kill.at === 'time') this.timers.add(setTimeout(() => fire(row), kill.afterMs));
    }
    this.world.watch((moment, side) => {
      let isEnd = false;
      for (const row of rows) {
        const { kill } = row;
        if (kill.at !== 'moment' || row.firedAfterMs !== null) continue;
        if (kill.moment !== moment || kill.side !== side) continue;
        counts.set(row, (counts.get(row) ?? 0) + 1);
        if ((counts.get(row) ?? 0) < kill.nth) continue;
        fire(row);
        isEnd = true;
      }
      return isEnd;
    });
    return rows;
  }

  private disarm(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.world.watch(() => false);
  }

  /** The sample's own steps to the incident, begun again where a kill came between. */
  private async opened(scenario: Scenario): Promise<string> {
    const { home, loans } = this.world;
    const files = [join(home, 'sample.json'), join(loans.dir, 'applications.jsonl')];
    const patience = new Patience(STILL_MS, () => files.map((file) => readFileSync(file, 'utf8')).join());
    for (;;) {
      try {
        return (await scenario.toIncident()).incidentId;
      } catch (error) {
        if (await patience.isOver()) throw error;
        await scenario.stop();
        await pause(500);
      }
    }
  }

  /** Other alerts for the same session, as monitors send them: the titles of those that got a 2xx are kept. */
  private async repeatAlerts(incidentId: string, accepted: string[], signal: AbortSignal): Promise<void> {
    const { endpoint, key } = this.world;
    while (!signal.aborted) {
      await pause(500 + this.random() * 1_500, undefined, { signal }).catch(() => undefined);
      const state = (await this.row(incidentId))?.state;
      const sessionId = Object.keys(state?.sessions ?? {})[0];
      if (!sessionId) continue;
      // One that comes after the end would rightly open the next incident.
      if (state?.origin) return;
      const title = `Still declining ${randomUUID()}`;
      const answer = await fetch(`${endpoint}/api/v1/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ agent: AGENT, title, sessionId, alertId: title }),
        signal: AbortSignal.timeout(10_000),
      }).catch(() => null);
      if (answer?.ok) accepted.push(title);
    }
  }

  private async row(incidentId: string) {
    return this.store.incidents.get(incidentId).catch(() => null);
  }

  /** People decide until the card is frozen, or until nothing has come on record for too long. */
  private async play(incidentId: string): Promise<string[]> {
    const said: string[] = [];
    const leaving = new AbortController();
    const watching = this.leaveWhenStill(incidentId, leaving);
    const player = new Player({
      standInUrl: this.world.slack.url,
      incidentId,
      say: (line) => void said.push(line),
      signal: leaving.signal,
      habits: lookingHabits(this.world, this.store, incidentId),
    });
    while (!leaving.signal.aborted) {
      try {
        await player.play();
        leaving.abort();
      } catch (error) {
        if (leaving.signal.aborted) break;
        said.push(String(error));
        await pause(500);
      }
    }
    await watching;
    return said;
  }

  private async leaveWhenStill(incidentId: string, leaving: AbortController): Promise<void> {
    const patience = new Patience(STILL_MS, async () => {
      const row = await this.store.incidents.get(incidentId);
      return String(row?.seq);
    });
    while (!leaving.signal.aborted && !(await patience.isOver()))
      await pause(LOOK_MS, undefined, { signal: leaving.signal }).catch(() => undefined);
    leaving.abort();
  }

  /** The last records may still be on their way: what stays wrong when nothing moves any more is a finding. */
  private async settled(incidentId: string, accepted: readonly string[]): Promise<string[]> {
    let findings: string[] = [];
    const patience = new Patience(STILL_MS, async () => {
      const rows = await this.store.incidents.list({ limit: 1_000 });
      return JSON.stringify([findings, rows.map(({ seq }) => seq)]);
    });
    do {
      findings = await findingsOf(this.world, this.store, incidentId, accepted).catch((error: unknown) => [
        String(error),
      ]);
      if (findings.length === 0) return findings;
      await pause(LOOK_MS);
    } while (!(await patience.isOver()));
    return findings;
  }
}
