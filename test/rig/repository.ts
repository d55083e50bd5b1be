import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../../', import.meta.url));
const main = join(project, 'dist/cli/main.js');

/** What one call of the command line gave. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A disposable repository with real Git and a scrubbed environment, in which the built command line runs. */
export class Repository implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'trainyard-'));

  /** A repository with this project's pipeline `heart-disease`, committed. */
  static withHeartDisease(): Repository {
    const repository = new Repository();
    cpSync(join(project, 'pipelines/heart-disease'), join(repository.folder, 'pipelines/heart-disease'), {
      recursive: true,
    });
    cpSync(join(project, 'trainyard.yaml'), join(repository.folder, 'trainyard.yaml'));
    repository.write('.gitignore', '.trainyard/\n');
    repository.git('init', '--quiet', '--initial-branch=main');
    repository.commit('Start');
    return repository;
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

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #env(): Record<string, string> {
    return {
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: this.folder,
      LANG: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      NO_COLOR: '1',
    };
  }
}
