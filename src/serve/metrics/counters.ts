import type { ServeFailureCode } from '../failures.ts';
import { statuses } from '../failures.ts';
import type { AnswerRole, ServedVersion } from '../fleet.ts';
import type { AnswerEvent, DroppedCopy, Observer, ReplyEvent } from '../observer.ts';
import { Buckets, latencyBounds } from './buckets.ts';

/** What was counted of one version in one role over one protocol. */
export interface AnswerCounts {
  readonly role: AnswerRole;
  readonly protocol: AnswerEvent['protocol'];
  readonly seconds: Buckets;
  rows: number;
  /** By HTTP status. */
  readonly statuses: Map<number, number>;
}

/** What was counted of one route. */
export interface RouteCounts {
  readonly statuses: Map<number, number>;
  readonly codes: Map<string, number>;
}

interface CountedVersion {
  readonly model: string;
  readonly series: AnswerCounts[];
  scrapesGone: number;
}

const scrapesKept = 100;

/**
 * Counts answers: a few additions a request, found by the version as an object, not by texts. No text of a request becomes
 * a key: models and versions are those of the fleet, routes are patterns.
 */
export class Counters implements Observer {
  readonly versions: Map<ServedVersion, CountedVersion> = new Map();
  /** By model, then by code. */
  readonly errors: Map<string, Map<string, number>> = new Map();
  readonly routes: Map<string, RouteCounts> = new Map();

  answered(event: AnswerEvent): void {
    const { failure, version } = event;
    if (version === undefined) return;
    const counts = this.#counts(version, event);
    counts.seconds.add(event.latency / 1000);
    if (failure === undefined) counts.rows += event.rows.length;
    increase(counts.statuses, failure?.status ?? 200);
    if (failure !== undefined) this.#failed(event.model, failure.code);
  }

  dropped({ model, shadow, protocol }: DroppedCopy): void {
    increase(
      this.#counts(shadow, { model, role: 'shadow', protocol }).statuses,
      statuses['serve-overloaded'],
    );
    this.#failed(model, 'serve-overloaded');
  }

  #failed(model: string, code: ServeFailureCode): void {
    const codes = this.errors.get(model) ?? new Map<string, number>();
    this.errors.set(model, increase(codes, code));
  }

  replied({ route, status, code }: ReplyEvent): void {
    let counts = this.routes.get(route);
    if (counts === undefined) {
      counts = { statuses: new Map(), codes: new Map() };
      this.routes.set(route, counts);
    }
    increase(counts.statuses, status);
    if (code !== undefined) increase(counts.codes, code);
  }

  /** Drops what was counted of versions that are gone for some scrapes: whoever reads has read it. */
  forget(isServed: (model: string, version: ServedVersion) => boolean): void {
    for (const [version, counted] of this.versions) {
      if (isServed(counted.model, version)) counted.scrapesGone = 0;
      else if (++counted.scrapesGone > scrapesKept) this.versions.delete(version);
    }
  }

  #counts(
    version: ServedVersion,
    { model, role, protocol }: Pick<AnswerEvent, 'model' | 'role' | 'protocol'>,
  ): AnswerCounts {
    let counted = this.versions.get(version);
    if (counted === undefined) {
      counted = { model, series: [], scrapesGone: 0 };
      this.versions.set(version, counted);
    }
    for (const series of counted.series) {
      if (series.role === role && series.protocol === protocol) return series;
    }
    const series: AnswerCounts = {
      role,
      protocol,
      seconds: new Buckets(latencyBounds),
      rows: 0,
      statuses: new Map(),
    };
    counted.series.push(series);
    return series;
  }
}

function increase<K>(counts: Map<K, number>, key: K): Map<K, number> {
  return counts.set(key, (counts.get(key) ?? 0) + 1);
}
