import type { Json } from '../forge.ts';
import type { JobState, OpenStep } from '../job/job-state.ts';

/** One of GitHub's own actions, done by the runner itself as far as workflows here use it. */
export interface Builtin {
  /** As in its action.yml: with `default` where it has one. */
  readonly inputs: Readonly<Record<string, Json>>;
  main(call: BuiltinCall): Promise<void>;
  readonly post?: (call: BuiltinCall) => Promise<void>;
  readonly postIf?: string;
}

export interface BuiltinCall {
  readonly state: JobState;
  readonly open: OpenStep;
  /** From `main` to `post`. */
  readonly saved: Record<string, string>;
  readonly environment: Readonly<Record<string, string>>;
  input(name: string): string;
  output(name: string, value: string): void;
  /** Refuses what leaves the workspace. */
  inWorkspace(path: string): string;
}

/** Inputs by name, with their defaults. */
export function inputs(named: Readonly<Record<string, string>>): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, { default: value }]));
}

/** An input that the real action has and this one does not obey. */
export function refuse(call: BuiltinCall, ...names: readonly string[]): void {
  for (const name of names) {
    if (!['', 'false'].includes(call.input(name)))
      throw new Error(`this runner does not know the input ${name}`);
  }
}

/** The token must have been given the scope in `permissions:`. */
export function needsPermission(call: BuiltinCall, scope: string, level: 'read' | 'write'): void {
  const has = call.state.permissions[scope] ?? 'none';
  if (has === 'write' || has === level) return;
  throw new Error(
    `Resource not accessible by integration: this needs \`${scope}: ${level}\`, the job has ${has}`,
  );
}
