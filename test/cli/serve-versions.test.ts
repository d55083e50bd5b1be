import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Repository } from '../rig/repository.ts';
import { StartedServer, until } from '../rig/started-server.ts';

const row = {
  age: 61,
  sex: 'male',
  cp: 'asymptomatic',
  trestbps: 140,
  chol: 240,
  fbs: 0,
  restecg: 'normal',
  thalach: 140,
  exang: 1,
  oldpeak: 1.8,
  slope: 'flat',
  ca: 1,
  thal: 'reversible-defect',
};

interface Seen {
  readonly status: number;
  readonly version: string | undefined;
}

/** Some callers, each of whom asks again a little after the answer, until they are ended. */
class Client implements AsyncDisposable {
  readonly seen: Seen[] = [];
  /** Of one caller: answers of several may overtake each other. */
  readonly #inOrder: Seen[] = [];
  readonly #url: string;
  readonly #callers: readonly Promise<void>[];
  #isEnding = false;

  constructor(url: string) {
    this.#url = url;
    this.#callers = [this.#call(this.#inOrder), this.#call([]), this.#call([])];
  }

  async #call(own: Seen[]): Promise<void> {
    while (!this.#isEnding) {
      const answer = await ask(this.#url).catch((error) => ({ status: 0, version: String(error) }));
      this.seen.push(answer);
      own.push(answer);
      await pauseFor(50);
    }
  }

  /** Versions in the order in which they first answered, and again when another was between. */
  versions(): readonly (string | undefined)[] {
    return this.#inOrder.map(({ version }) => version).filter((version, i, all) => version !== all[i - 1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#callers);
  }
}

async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Seen> {
  const response = await fetch(`${url}/predict/heart-disease`, {
    method: 'POST',
    body: JSON.stringify(row),
    headers: { 'content-type': 'application/json', ...headers },
  });
  const { version } = (await response.json()) as { version?: string };
  return { status: response.status, version };
}

/** One story, told in the order of the tests: three versions, and servers that follow their stages. */
describe('serving versions of heart-disease', () => {
  let repository: Repository;
  let remote: string;
  const call = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await repository.trainyard(...args);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const digests = new Map<string, string>();

  beforeAll(async () => {
    repository = Repository.withHeartDisease();
    remote = mkdtempSync(join(tmpdir(), 'trainyard-remote-'));
    repository.git('init', '--quiet', '--bare', remote);
    repository.git('remote', 'add', 'origin', remote);
    repository.git('config', 'user.name', 'Ada');
    repository.git('config', 'user.email', 'ada@example.org');
    const file = 'pipelines/heart-disease/pipeline.yaml';
    repository.trainOnly('random-forest');
    repository.edit(
      file,
      'slices: [sex, {',
      'resamples: 100\n      importance-repeats: 0\n      slices: [sex, {',
    );
    repository.write(file, repository.read(file).replace(/ {2}gates:[\s\S]*$/, '  gates: []\n'));
    for (const trees of [11, 12, 13]) {
      repository.edit(file, /trees: \d+/.exec(repository.read(file))![0], `trees: ${trees}`);
      repository.commit(`With ${trees} trees`);
      repository.git('push', '--quiet', 'origin', 'main');
      await call('run', 'heart-disease');
      const registered = await call('register', 'heart-disease', '--json');
      const { version } = JSON.parse(registered) as { version: string };
      const shown = await call('models', 'show', `heart-disease@${version}`, '--json');
      digests.set(version, (JSON.parse(shown) as { version: { digest: string } }).version.digest);
    }
    await call('promote', 'heart-disease@v1.0.0', '--to', 'production');
  }, 180_000);
  afterAll(() => {
    repository[Symbol.dispose]();
    rmSync(remote, { recursive: true, force: true });
  });

  it('S7, S11: follows promotions and rollbacks, and refuses what is broken, without one failed request', async () => {
    expect([...digests.keys()]).toEqual(['v1.0.0', 'v1.0.1', 'v1.0.2']);
    await using server = await StartedServer.start(repository, 'heart-disease#production', '--follow', '0.3');
    expect((await server.readiness()).ready).toBe(true);
    await using client = new Client(server.url);
    const becomes = async (version: string): Promise<void> => {
      await until(
        () => client.versions().at(-1),
        (last) => last === version,
      );
    };
    await becomes('v1.0.0');

    await call('promote', 'heart-disease@v1.0.1', '--to', 'production');
    await becomes('v1.0.1');

    // A version whose golden request is answered otherwise than when it was packed.
    const packed = await StartedServer.start(repository, 'heart-disease@v1.0.2', '--follow', '0');
    await packed.end();
    const servables = join(repository.folder, '.trainyard/servables/heart-disease');
    const folder = readdirSync(servables).find((name) => name.startsWith('v1.0.2.'))!;
    const manifest = join(servables, folder, 'model.json');
    const good = readFileSync(manifest, 'utf8');
    const { golden, ...others } = JSON.parse(good) as {
      golden: { answer: { probabilities: Record<string, number> } }[];
    };
    golden[3]!.answer.probabilities['1'] = 0.123;
    writeFileSync(manifest, JSON.stringify({ ...others, golden }));
    await call('promote', 'heart-disease@v1.0.2', '--to', 'production');
    const refused = await until(
      () => server.readiness(),
      ({ models }) => models['heart-disease']!.because.includes('refused'),
    );
    expect(refused.ready).toBe(true);
    expect(refused.models['heart-disease']!.because).toMatch(
      /^v1\.0\.1 answers; v1\.0\.2 was refused: .*golden request 4/,
    );
    writeFileSync(manifest, good);
    await becomes('v1.0.2');

    // Back to a version whose bytes in the store are damaged meanwhile.
    const hex = digests.get('v1.0.1')!.slice('sha256:'.length);
    const blob = storedFile(join(repository.folder, '.trainyard/store'), hex);
    const bytes = readFileSync(blob);
    execFileSync('chmod', ['u+w', blob]);
    writeFileSync(blob, Buffer.from(bytes).fill(1, 100, 200));
    await call('rollback', 'heart-disease', '--stage', 'production', '--why', 'alarms');
    const damaged = await until(
      () => server.readiness(),
      ({ models }) => models['heart-disease']!.because.includes('refused'),
    );
    expect(damaged.ready).toBe(true);
    expect(damaged.models['heart-disease']!.because).toMatch(/^v1\.0\.2 answers; v1\.0\.1 was refused/);
    // Whoever may ask for the readiness need not know the folders of the server; its log tells them.
    expect(damaged.models['heart-disease']!.because).not.toContain(repository.folder);
    writeFileSync(blob, bytes);
    await becomes('v1.0.1');

    // Nobody can look at a remote that is away.
    renameSync(remote, `${remote}.away`);
    await until(
      () => server.readiness(),
      ({ notes = [] }) => notes.some((note) => note.includes('could not be looked up')),
    );
    expect((await server.readiness()).ready).toBe(true);
    renameSync(`${remote}.away`, remote);
    await until(
      () => server.readiness(),
      ({ notes }) => notes === undefined,
    );
    await call('rollback', 'heart-disease', '--stage', 'production', '--why', 'alarms');
    await becomes('v1.0.0');

    await client[Symbol.asyncDispose]();
    expect(client.seen.filter(({ status }) => status !== 200)).toEqual([]);
    expect(client.versions()).toEqual(['v1.0.0', 'v1.0.1', 'v1.0.2', 'v1.0.1', 'v1.0.0']);
    expect(client.seen.length).toBeGreaterThan(100);
    expect(await server.end()).toBe(0);
    for (const sentence of [
      'Loaded heart-disease v1.0.1.',
      'Retired heart-disease v1.0.0.',
      'heart-disease v1.0.2 was refused',
      'heart-disease v1.0.1 was refused',
      'The stages could not be looked up, and what is served stays',
      'The stages can be looked up again.',
    ])
      expect(server.log()).toContain(sentence);
  }, 180_000);

  it('S7: serves shadows, a canary and variants as serving: says, and follows the file', async () => {
    const file = 'pipelines/heart-disease/pipeline.yaml';
    const before = repository.read(file);
    repository.write(
      file,
      `${before}
serving:
  shadow: ["#staging"]
  canary: { version: "@v1.0.1", share: 0.5, key: "header:x-patient" }
  variants: { header: x-experiment, versions: { old: "@v1.0.0", new: "@v1.0.2" } }
`,
    );
    await using server = await StartedServer.start(repository, 'heart-disease#production', '--follow', '0.3');
    expect((await server.readiness()).models['heart-disease']!.because).toBe(
      'v1.0.0 answers; v1.0.1 gets 50 % of the requests; v1.0.2 gets copies',
    );
    const versionFor = async (headers: Record<string, string>): Promise<string | undefined> =>
      (await ask(server.url, headers)).version;
    expect(await versionFor({ 'x-experiment': 'new', 'x-patient': '1' })).toBe('v1.0.2');
    const first: (string | undefined)[] = [];
    for (let i = 0; i < 40; i++) first.push(await versionFor({ 'x-patient': `${i}` }));
    expect(new Set(first)).toEqual(new Set(['v1.0.0', 'v1.0.1']));
    const again: (string | undefined)[] = [];
    for (let i = 0; i < 40; i++)
      again.push(await versionFor({ 'x-patient': `${i}`, 'x-experiment': 'unknown' }));
    expect(again).toEqual(first);

    repository.write(file, before);
    await until(
      () => server.readiness(),
      ({ models }) => models['heart-disease']!.because === 'v1.0.0 answers',
    );
    expect(await versionFor({ 'x-experiment': 'new' })).toBe('v1.0.0');
  }, 60_000);

  it('says on a line of its own, as an error, that a canary which is no version plays no part', async () => {
    const file = 'pipelines/heart-disease/pipeline.yaml';
    const before = repository.read(file);
    const canary = '{ version: "@v9.9.9", share: 0.5, key: age }';
    repository.write(file, `${before}\nserving: { canary: ${canary} }\n`);
    await using server = await StartedServer.start(repository, 'heart-disease#production');
    const log = await until(
      async () => server.log(),
      (text) => text.includes('It listens on'),
    );
    const lines = log.split('\n').filter((line) => line.startsWith('{'));
    const entries = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(entries.find(({ version }) => version === 'v9.9.9')).toMatchObject({
      level: 'error',
      event: 'refused',
      message: 'heart-disease v9.9.9 was refused: heart-disease has no version v9.9.9',
    });
    repository.write(file, before);
  }, 60_000);

  it('S1: serves several versions of one model, and more than one process, from a repository without a remote', async () => {
    repository.git('remote', 'remove', 'origin');
    await using server = await StartedServer.start(
      repository,
      'heart-disease#production',
      'heart-disease@v1.0.2',
      '--workers',
      '2',
      '--follow',
      '0.3',
    );
    expect((await ask(server.url)).version).toBe('v1.0.0');
    const named = await fetch(`${server.url}/predict/heart-disease/versions/v1.0.2`, {
      method: 'POST',
      body: JSON.stringify(row),
      headers: { 'content-type': 'application/json' },
    });
    expect(((await named.json()) as { version: string }).version).toBe('v1.0.2');
    await using client = new Client(server.url);
    await call('promote', 'heart-disease@v1.0.1', '--to', 'production');
    await until(
      () => client.seen.slice(-10),
      (last) => last.length === 10 && last.every(({ version }) => version === 'v1.0.1'),
    );
    await client[Symbol.asyncDispose]();
    expect(client.seen.filter(({ status }) => status !== 200)).toEqual([]);
    expect(await server.end()).toBe(0);
  }, 60_000);

  it('P4: serves a version only when somebody signed for it, where the stage asks for provenance', async () => {
    const file = 'trainyard.yaml';
    const before = repository.read(file);
    repository.edit(file, 'environment: production', 'environment: production, provenance: true');
    const refused = await repository.trainyard('serve', 'heart-disease#production', '--port', '0', '--json');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ failures: [{ code: 'commands-version-refused' }] });
    expect(refused.stderr).toContain('production asks for provenance');

    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    repository.write('signer.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
    repository.write('keys/signer.pem', publicKey.export({ type: 'spki', format: 'pem' }) as string);
    repository.write(file, `${repository.read(file)}provenance: { keys: [keys/signer.pem] }\n`);
    await call('models', 'attest', 'heart-disease@v1.0.1', '--key', 'signer.pem');
    await using server = await StartedServer.start(repository, 'heart-disease#production', '--follow', '0');
    await until(
      () => server.log(),
      (log) => log.includes('provenance pass: signed by the key'),
    );
    expect((await ask(server.url)).version).toBe('v1.0.1');
    await server.end();
    repository.write(file, before);
  }, 60_000);

  it('says what cannot be served, and ends', async () => {
    const unknown = await repository.trainyard('serve', 'heart-diseases', '--port', '0');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('registry-model-unknown');
    const undeclared = await repository.trainyard('serve', 'heart-disease#prodution', '--port', '0');
    expect(undeclared.code).toBe(2);
    expect(undeclared.stderr).toContain('registry-stage-undeclared');
    expect(undeclared.stderr).toContain('production');
  }, 60_000);
});

/** The file of a digest, wherever the store has it. */
function storedFile(store: string, hex: string): string {
  const found = readdirSync(store, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.replaceAll('/', '').endsWith(hex),
  );
  if (found === undefined) throw new Error(`the store has no ${hex}`);
  return join(store, found);
}
