import type { JsonScalar } from '../../base/index.ts';
import { canonicalJson } from '../../base/index.ts';
import type { CommandWork } from '../plan/command.ts';
import { inputVariables } from '../plan/command.ts';
import type { Environment } from '../plan/contexts.ts';
import type { OutputReference, StepId } from '../plan.ts';

/**
 * What a step inherits of the environment of `trainyard`: where programs and certificates are, and the language of
 * people. Nothing else, so that tokens of the machine do not reach commands that did not ask for them.
 */
const inherited: ReadonlySet<string> = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'TZ', 'LANG', 'LANGUAGE', 'LD_LIBRARY_PATH'],
  ...['DYLD_LIBRARY_PATH', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'XDG_CACHE_HOME'],
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'PATHEXT', 'COMSPEC', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA'],
]);

export function inheritedEnvironment(env: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (inherited.has(name) || name.startsWith('LC_'))) kept[name] = value;
  }
  return kept;
}

export interface CommandSurroundings {
  readonly work: CommandWork;
  readonly env: Environment;
  readonly pipeline: string;
  readonly root: string;
  readonly step: StepId;
  readonly matrix: Readonly<Record<string, JsonScalar>>;
  /** Empty folder that the command writes its outputs to. */
  readonly out: string;
  /** For temporary files; removed with everything in it. */
  readonly temporary: string;
  /** Path of each file that the command is handed. */
  readonly files: ReadonlyMap<OutputReference, string>;
  readonly threads: number;
}

/** The environment of a command: docs/steps.md is its description for users. */
export function commandEnvironment(around: CommandSurroundings): Record<string, string> {
  const { work, files } = around;
  const handed: Record<string, string> = {};
  for (const [variable, reference] of inputVariables(work, [...files.keys()])) {
    handed[variable] = files.get(reference)!;
  }
  const inputs = Object.fromEntries(
    [...files].map(([{ step, output }, file]) => [`${step}/${output}`, file]),
  );
  const secrets = work.secrets.flatMap((name) =>
    around.env[name] === undefined ? [] : [[name, around.env[name]]],
  );
  return {
    ...inheritedEnvironment(around.env),
    TMPDIR: around.temporary,
    // Output of Python appears line by line, as that of other programs does.
    PYTHONUNBUFFERED: '1',
    // ONNX Runtime of other languages reports to its maker, too; `env:` can allow it.
    ORT_DISABLE_TELEMETRY: '1',
    ...work.env,
    ...(Object.fromEntries(secrets) as Record<string, string>),
    TRAINYARD_OUT: around.out,
    TRAINYARD_PARAMS: canonicalJson(work.params),
    TRAINYARD_MATRIX: canonicalJson(around.matrix),
    TRAINYARD_INPUTS: canonicalJson(inputs),
    TRAINYARD_PIPELINE: around.pipeline,
    TRAINYARD_STEP: around.step,
    TRAINYARD_ROOT: around.root,
    TRAINYARD_THREADS: String(around.threads),
    ...handed,
  };
}

/** Built-in steps give the same bytes wherever they run: no language, no time zone. */
export function builtInEnvironment(env: Environment, temporary: string): Record<string, string> {
  const { LD_LIBRARY_PATH, DYLD_LIBRARY_PATH, PATH, HOME, SYSTEMROOT } = env;
  const kept = { LD_LIBRARY_PATH, DYLD_LIBRARY_PATH, PATH, HOME, SYSTEMROOT };
  return {
    ...(Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >),
    TMPDIR: temporary,
    TZ: 'UTC',
    LC_ALL: 'C',
    // See steps/main.ts: file descriptor 4 tells that the runner lives.
    TRAINYARD_GUARDED: '1',
  };
}
