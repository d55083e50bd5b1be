import type { ProtocolServer } from './protocol-server.ts';

/** A case of a public suite, told in our words: it is run, or the reason why it does not apply is written down. */
export interface PublicCase {
  /** Of the suite's repository. */
  readonly file: string;
  readonly name: string;
  /** How many of the suite's own cases this one stands for. Default: 1. */
  readonly count?: number;
  readonly run?: (server: ProtocolServer) => Promise<void>;
  /** Why it does not apply. */
  readonly without?: string;
  /** What the suite expects otherwise, where we differ on purpose. */
  readonly differs?: string;
}

export function inFile(file: string, cases: readonly Omit<PublicCase, 'file'>[]): readonly PublicCase[] {
  return cases.map((each) => ({ file, ...each }));
}

export interface CaseCounts {
  readonly all: number;
  readonly run: number;
  readonly without: number;
  readonly differing: number;
}

export function countCases(cases: readonly PublicCase[]): CaseCounts {
  const sum = (keep: (each: PublicCase) => boolean): number =>
    cases.filter(keep).reduce((count, each) => count + (each.count ?? 1), 0);
  return {
    all: sum(() => true),
    run: sum(({ run }) => run !== undefined),
    without: sum(({ without }) => without !== undefined),
    differing: sum(({ differs }) => differs !== undefined),
  };
}
