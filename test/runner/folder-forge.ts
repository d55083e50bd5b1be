import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { GitServer } from '../rig/git-server.ts';
import { gitServer } from '../rig/git-server.ts';
import type { Forge, ForgeDeployment, ForgeEvent, ForgeRun, JobRequest, JobRights, Json } from './forge.ts';

/** Path -> content. */
export type RepositoryFiles = Readonly<Record<string, string | Uint8Array>>;

export interface FolderForgeOptions {
  /** `owner/name` */
  readonly repository?: string;
}

export interface PullRequestOptions {
  readonly branch: string;
  readonly files: RepositoryFiles;
  /** `owner/name` of a fork; the head is in the repository itself when absent. */
  readonly fork?: string;
  readonly action?: string;
  readonly base?: string;
}

const person = { login: 'somebody', id: 1 };

/** Bare repositories behind Git's own server, tokens, and events for what is pushed: the least that a runner needs. */
export class FolderForge implements Forge, AsyncDisposable {
  readonly repository: string;
  readonly runs: ForgeRun[] = [];
  readonly deployments: ForgeDeployment[] = [];
  readonly issued: JobRequest[] = [];
  readonly #root: string;
  readonly #server: GitServer;
  readonly #tokens = new Map<string, JobRequest>();
  readonly #listeners = new Set<(event: ForgeEvent) => void>();
  #pulls = 0;

  private constructor(repository: string, root: string, server: GitServer) {
    this.repository = repository;
    this.#root = root;
    this.#server = server;
    server.behaviour.instead = (request, response) => this.#guard(request, response);
  }

  static async start(
    files: RepositoryFiles,
    { repository = 'owner/project' }: FolderForgeOptions = {},
  ): Promise<FolderForge> {
    const root = mkdtempSync(join(tmpdir(), 'trainyard-forge-'));
    const forge = new FolderForge(repository, root, await gitServer({ root: join(root, 'served') }));
    forge.addRepository(repository, files);
    return forge;
  }

  get serverUrl(): string {
    return this.#server.origin;
  }

  get apiUrl(): string {
    return `${this.#server.origin}/api/v3`;
  }

  get graphqlUrl(): string {
    return `${this.#server.origin}/api/graphql`;
  }

  gitFolder(repository: string): string | undefined {
    const folder = join(this.#root, 'served', repository);
    return existsSync(join(folder, 'HEAD')) ? folder : undefined;
  }

  defaultBranch(): string {
    return 'main';
  }

  async openJob(request: JobRequest): Promise<JobRights> {
    const token = `ghs_${randomBytes(18).toString('hex')}`;
    this.#tokens.set(token, request);
    this.issued.push(request);
    return { token, variables: {} };
  }

  async closeJob(token: string): Promise<void> {
    this.#tokens.delete(token);
  }

  subscribe(listener: (event: ForgeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  runChanged(run: ForgeRun): void {
    this.runs.push(run);
  }

  deploymentChanged(deployment: ForgeDeployment): void {
    this.deployments.push(deployment);
  }

  /** One more repository, with one commit on main; says nothing. */
  addRepository(repository: string, files: RepositoryFiles): string {
    const bare = join(this.#root, 'served', repository);
    mkdirSync(dirname(bare), { recursive: true });
    this.#git(this.#root, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
    appendFileSync(
      join(bare, 'config'),
      '[http]\n\treceivepack = true\n[uploadpack]\n\tallowAnySHA1InWant = true\n',
    );
    return this.#commit(repository, 'main', files, 'Start');
  }

  /** A person commits to a branch and pushes. */
  push(
    files: RepositoryFiles,
    { branch = 'main', message = 'Change' }: { branch?: string; message?: string } = {},
  ): string {
    const before = this.#sha(`refs/heads/${branch}`) ?? zero;
    const after = this.#commit(this.repository, branch, files, message);
    this.#emitPush(`refs/heads/${branch}`, before, after, undefined);
    return after;
  }

  /** A person pushes a tag; annotated when it has a message. */
  tag(name: string, { at = 'main', message }: { at?: string; message?: string } = {}): string {
    const annotated = message === undefined ? [] : ['-a', '-m', message];
    this.#git(this.gitFolder(this.repository)!, ...committer, 'tag', ...annotated, name, at);
    const after = this.#sha(`refs/tags/${name}`)!;
    this.#emitPush(`refs/tags/${name}`, zero, after, undefined);
    return after;
  }

  /** A pull request, opened unless another action is named; its number. */
  pullRequest(options: PullRequestOptions): number {
    const { branch, fork, base = 'main', action = 'opened' } = options;
    const number = ++this.#pulls;
    const bare = this.gitFolder(this.repository)!;
    const baseSha = this.#sha(`refs/heads/${base}`)!;
    const head = this.#commit(this.repository, `pull-${number}`, options.files, 'Change', base);
    if (fork === undefined) this.#git(bare, 'update-ref', `refs/heads/${branch}`, head);
    this.#git(bare, 'update-ref', `refs/pull/${number}/head`, head);
    this.#git(bare, 'update-ref', '-d', `refs/heads/pull-${number}`);
    const tree = this.#git(bare, 'merge-tree', '--write-tree', baseSha, head).trim();
    const parents = ['-p', baseSha, '-p', head];
    const merge = this.#git(
      bare,
      ...committer,
      'commit-tree',
      tree,
      ...parents,
      '-m',
      `Merge ${head} into ${baseSha}`,
    );
    this.#git(bare, 'update-ref', `refs/pull/${number}/merge`, merge.trim());
    const repo = (name: string): Json => ({ full_name: name, fork: name !== this.repository });
    this.emit('pull_request', {
      action,
      number,
      pull_request: {
        number,
        head: { ref: branch, sha: head, repo: repo(fork ?? this.repository) },
        base: { ref: base, sha: baseSha, repo: repo(this.repository) },
        merged: false,
        title: 'Change',
      },
    });
    return number;
  }

  emit(name: string, payload: Json, byJobToken = false): void {
    const repository = {
      id: 42,
      full_name: this.repository,
      default_branch: 'main',
      owner: { login: this.repository.split('/')[0], id: 7 },
    };
    const event: ForgeEvent = {
      name,
      repository: this.repository,
      actor: byJobToken ? 'github-actions[bot]' : person.login,
      byJobToken,
      payload: { repository, sender: person, ...payload },
    };
    for (const listener of this.#listeners) listener(event);
  }

  /** Git in the bare repository. */
  git(...args: readonly string[]): string {
    return this.#git(this.gitFolder(this.repository)!, ...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Reading is free; a push needs a job's token with the right to write. */
  #guard(request: IncomingMessage, response: ServerResponse): boolean {
    const basic = request.headers.authorization?.replace(/^Basic /i, '') ?? '';
    const token = Buffer.from(basic, 'base64').toString().split(':')[1] ?? '';
    const holder = this.#tokens.get(token);
    const refuse = (status: number, text: string): boolean => {
      request.resume();
      response.writeHead(status, { 'WWW-Authenticate': 'Basic realm="GitHub"' }).end(text);
      return true;
    };
    if (token !== '' && holder === undefined) return refuse(401, 'Bad credentials');
    if (!request.url!.includes('git-receive-pack')) return false;
    if (holder === undefined) return refuse(401, 'a push needs a token');
    if (holder.permissions['contents'] !== 'write') {
      return refuse(403, `Permission to ${this.repository}.git denied to github-actions[bot].`);
    }
    if (request.method !== 'POST') return false;
    const before = this.#refs();
    response.once('close', () => {
      const changes = [...this.#refs()].filter(([ref, sha]) => before.get(ref) !== sha);
      // More than three tags at once are no event.
      const many = changes.filter(([ref]) => ref.startsWith('refs/tags/')).length > 3;
      for (const [ref, sha] of changes) {
        if (many && ref.startsWith('refs/tags/')) continue;
        this.#emitPush(ref, before.get(ref) ?? zero, sha, holder);
      }
    });
    return false;
  }

  #refs(): Map<string, string> {
    const lines = this.git('for-each-ref', '--format=%(refname) %(objectname)').trim().split('\n');
    return new Map(lines.map((line) => line.split(' ') as [string, string]));
  }

  #emitPush(ref: string, before: string, after: string, holder: JobRequest | undefined): void {
    const message = this.git('log', '-1', '--format=%B', after);
    const payload = { ref, before, after, created: before === zero, deleted: false, forced: false };
    const commit = { id: this.#sha(`${after}^{commit}`), message };
    this.emit('push', { ...payload, head_commit: commit, commits: [commit] }, holder !== undefined);
  }

  #sha(ref: string): string | undefined {
    try {
      return this.git('rev-parse', '--verify', '--quiet', ref).trim();
    } catch {
      return undefined;
    }
  }

  /** Adds files to what a branch holds, or to main when there is no such branch; the new commit. */
  #commit(
    repository: string,
    branch: string,
    files: RepositoryFiles,
    message: string,
    from = branch,
  ): string {
    const bare = join(this.#root, 'served', repository);
    const heads = this.#git(bare, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/')
      .trim()
      .split('\n');
    const start = [from, 'main'].find((name) => heads.includes(name));
    const marks = join(bare, 'last-commit');
    const parts: (string | Uint8Array)[] = [
      `commit refs/heads/${branch}\nmark :1\ncommitter Somebody <somebody@example.org> now\n`,
      `data ${Buffer.byteLength(message)}\n${message}\n`,
      start === undefined ? '' : `from refs/heads/${start}^0\n`,
    ];
    for (const [path, content] of Object.entries(files)) {
      const bytes = Buffer.from(content as string);
      parts.push(`M 100644 inline ${path}\ndata ${bytes.length}\n`, bytes, '\n');
    }
    const input = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
    const options = ['--quiet', '--force', '--date-format=now', `--export-marks=${marks}`];
    execFileSync('git', ['-C', bare, 'fast-import', ...options], { input, env: this.#environment() });
    return readFileSync(marks, 'utf8').trim().slice(3);
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.#root,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
    };
  }

  #git(folder: string, ...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: folder, env: this.#environment(), encoding: 'utf8' });
  }
}

const zero = '0'.repeat(40);
const committer = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org'];
