import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What trains in this project's pipeline, and which of its options are an estimator's own. */
const matrix = '[baseline, logistic-regression, random-forest, gradient-boosting]';
const ownOptions: Readonly<Record<string, readonly string[]>> = {
  'learning-rate: ${{ params.learning_rate }}': ['gradient-boosting'],
  'l2: ${{ params.l2 }}': ['gradient-boosting', 'logistic-regression'],
};

const project = fileURLToPath(new URL('../../', import.meta.url));
const main = join(project, 'dist/bin/trainyard.js');

/** What one call of the command line gave. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RepositoryOptions {
  /** Folders that stand first on the PATH. */
  readonly programs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A disposable repository with real Git and a scrubbed environment, in which the built command line runs. */
export class Repository implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'trainyard-'));
  readonly #home: string = mkdtempSync(join(tmpdir(), 'trainyard-home-'));
  #options: RepositoryOptions;

  constructor(options: RepositoryOptions = {}) {
    this.#options = options;
  }

  /** A repository with this project's pipeline `heart-disease`, committed. */
  static withHeartDisease(options: RepositoryOptions = {}): Repository {
    const repository = new Repository(options);
    cpSync(join(project, 'pipelines/heart-disease'), join(repository.folder, 'pipelines/heart-disease'), {
      recursive: true,
    });
    cpSync(join(project, 'trainyard.yaml'), join(repository.folder, 'trainyard.yaml'));
    repository.write('.gitignore', '.trainyard/\n');
    repository.git('init', '--quiet', '--initial-branch=main');
    repository.commit('Start');
    return repository;
  }

  /** Variables for the calls from now on. */
  setEnv(env: Readonly<Record<string, string>>): void {
    this.#options = { ...this.#options, env };
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** Replaces a text that must be there. */
  edit(path: string, before: string, after: string): void {
    const text = this.read(path);
    if (!text.includes(before)) throw new Error(`${path} does not hold ${before}`);
    this.write(path, text.replace(before, after));
  }

  /** Lets the pipeline `heart-disease` train only with these, without options that none of them has. */
  trainOnly(...estimators: readonly string[]): void {
    const file = 'pipelines/heart-disease/pipeline.yaml';
    this.edit(file, matrix, `[${estimators.join(', ')}]`);
    for (const [line, having] of Object.entries(ownOptions)) {
      if (!having.some((estimator) => estimators.includes(estimator))) this.edit(file, `      ${line}\n`, '');
    }
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.folder, env: this.#env(), encoding: 'utf8' });
  }

  commit(message: string): void {
    this.git('add', '--all');
    this.git('-c', 'user.name=Test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '-m', message);
  }

  trainyard(...args: string[]): Promise<Answer> {
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: this.#env(), maxBuffer: 64 * 1024 * 1024 };
      execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });
  }

  /** Starts a verb that goes on until it is ended. */
  start(...args: string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [main, ...args], { cwd: this.folder, env: this.#env() });
  }

  /** The exit code of a call whose output, both streams, goes into a command that may not read all of it. */
  pipeInto(command: string, ...args: string[]): number {
    const line = `"$0" "$@" 2>&1 | ${command} > /dev/null; exit "\${PIPESTATUS[0]}"`;
    const options = { cwd: this.folder, env: this.#env() };
    return spawnSync('bash', ['-c', line, process.execPath, main, ...args], options).status ?? -1;
  }

  /** What programs have left in the home folder of the user. */
  filesAtHome(): string[] {
    return readdirSync(this.#home);
  }

  /** Files below the repository, the hidden ones too, that hold a text. */
  grep(text: string): string[] {
    return readdirSync(this.folder, { recursive: true, encoding: 'utf8' }).filter((path) => {
      const file = join(this.folder, path);
      return statSync(file).isFile() && readFileSync(file).includes(text);
    });
  }

  [Symbol.dispose](): void {
    for (const folder of [this.folder, this.#home]) rmSync(folder, { recursive: true, force: true });
  }

  #env(): Record<string, string> {
    return {
      PATH: [
        ...(this.#options.programs ?? []),
        dirname(process.execPath),
        '/usr/local/bin',
        '/usr/bin',
        '/bin',
      ].join(':'),
      HOME: this.#home,
      LANG: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      NO_COLOR: '1',
      ...this.#options.env,
    };
  }
}
