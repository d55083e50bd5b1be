import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './page.ts';

/**
 * The projects that pages start from. Each is made once, by the commands that a person would type, and copied for every page:
 *
 * - `empty`: a folder with nothing in it;
 * - `start`: a repository with the pipeline heart-disease, committed;
 * - `heart-disease`: the same with fewer features, and one recorded run;
 * - `released`: the same with two versions, of which the second stands in production instead of the first.
 */
const recipes: Readonly<Record<string, { readonly from?: string; readonly commands: string }>> = {
  empty: { commands: '' },
  start: {
    commands: `
      cp -r "$TRAINYARD_PROJECT/pipelines" .
      sed '/^site:/,$d' "$TRAINYARD_PROJECT/trainyard.yaml" > trainyard.yaml
      printf '.trainyard/\\nexports/\\nnode_modules/\\n' > .gitignore
      git init --quiet && git add --all && git commit --quiet -m 'Predict heart disease'`,
  },
  'heart-disease': {
    from: 'start',
    commands: `
      sed -i '/columns: \\[fbs, exang\\]/d' pipelines/heart-disease/pipeline.yaml
      git commit --quiet --all -m 'Do without sugar and angina'
      trainyard run heart-disease`,
  },
  released: {
    from: 'heart-disease',
    commands: `
      trainyard register heart-disease
      trainyard promote heart-disease --to production --why 'the first one'
      cp "$TRAINYARD_PROJECT/pipelines/heart-disease/pipeline.yaml" pipelines/heart-disease/
      git commit --quiet --all -m 'Use sugar and angina'
      trainyard run heart-disease
      trainyard register heart-disease --bump minor
      trainyard promote heart-disease --to production --why 'better with sugar and angina'`,
  },
};

export interface Ended {
  readonly code: number;
  /** Both streams, as a terminal shows them. */
  readonly output: string;
}

/** Makes projects and copies them; everything is gone when it is disposed. */
export class Projects implements Disposable {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'trainyard-docs-'));
  readonly #made: Set<string> = new Set<string>();
  #copies = 0;

  constructor() {
    for (const folder of ['home', 'bin', 'made', 'copies'])
      mkdirSync(join(this.#folder, folder), { recursive: true });
    writeFileSync(
      join(this.#folder, 'home/.gitconfig'),
      '[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n',
    );
    for (const program of ['trainyard', 'curl']) {
      const file = join(this.#folder, 'bin', program);
      cpSync(join(root, 'test/docs/rig/programs', `${program}.sh`), file);
      chmodSync(file, 0o755);
    }
  }

  /** A session in a fresh copy of a project. */
  async open(project: string): Promise<Session> {
    await this.#make(project);
    const place = join(this.#folder, 'copies', String(++this.#copies));
    mkdirSync(place);
    // The last part of the path is what commands show as the name of a project.
    const folder = join(place, project === 'empty' ? 'pumps' : 'heart');
    cpSync(this.#of(project), folder, { recursive: true });
    const session = this.#session(folder, join(place, 'state'));
    // Beside it a clone of Trainyard, with a commit to name.
    await session.run(
      'git init --quiet ../trainyard && git -C ../trainyard commit --quiet --allow-empty -m Trainyard',
    );
    return session;
  }

  async #make(project: string): Promise<void> {
    const recipe = recipes[project];
    if (recipe === undefined) throw new Error(`there is no project ${project}: see projects.ts`);
    if (this.#made.has(project)) return;
    const folder = this.#of(project);
    if (recipe.from === undefined) mkdirSync(folder);
    else {
      await this.#make(recipe.from);
      cpSync(this.#of(recipe.from), folder, { recursive: true });
    }
    const session = this.#session(folder, join(this.#folder, `${project}-state`));
    const { code, output } = await session.run(recipe.commands);
    if (code !== 0) throw new Error(`the project ${project} could not be made:\n${output}`);
    this.#made.add(project);
  }

  #of(project: string): string {
    return join(this.#folder, 'made', project);
  }

  #session(folder: string, state: string): Session {
    mkdirSync(state);
    return new Session(folder, state, {
      PATH: `${join(this.#folder, 'bin')}:${process.env['PATH']}`,
      HOME: join(this.#folder, 'home'),
      TMPDIR: state,
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      TRAINYARD_PROJECT: root,
      TRAINYARD_NODE: process.execPath,
      TRAINYARD_STATE: state,
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A shell whose folder and variables live from one block to the next, like that of a reader. */
export class Session implements AsyncDisposable {
  readonly folder: string;
  readonly #state: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(folder: string, state: string, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#state = state;
    this.#env = env;
    writeFileSync(join(state, 'variables'), '');
    writeFileSync(join(state, 'folder'), `${folder}\n`);
  }

  async run(commands: string): Promise<Ended> {
    const text = `
      source "$TRAINYARD_STATE/variables"
      cd "$(cat "$TRAINYARD_STATE/folder")"
      trap 'export -p > "$TRAINYARD_STATE/variables"; pwd > "$TRAINYARD_STATE/folder"' EXIT
      set -euo pipefail\n${commands}\n`;
    const file = join(this.#state, 'commands.sh');
    writeFileSync(file, text);
    const output = join(this.#state, 'output');
    const script = 'exec bash "$0" > "$1" 2>&1 < /dev/null';
    const options = { env: this.#env, timeout: 300_000 };
    const code = await promisify(execFile)('bash', ['-c', script, file, output], options).then(
      () => 0,
      ({ code: failed }: { code?: number | string | null }) => (typeof failed === 'number' ? failed : -1),
    );
    return { code, output: readFileSync(output, 'utf8') };
  }

  write(path: string, text: string): void {
    mkdirSync(join(this.folder, path, '..'), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** Ends the servers that blocks of this session started. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { output } = await this.run('cat "$TRAINYARD_STATE"/*.pid 2> /dev/null || true');
    for (const pid of output.split('\n').filter((line) => /^\d+$/.test(line))) {
      try {
        process.kill(Number(pid), 'SIGTERM');
      } catch {
        // It has ended by itself.
      }
    }
  }
}
