import { describe, expect, test } from 'vitest';
import { countingProxy, gitServer } from '../rig/git-server.ts';
import type { RemoteRig } from './remote-contract.ts';
import { commitOn, remoteRig } from './remote-contract.ts';
import { value } from './rig.ts';

const secret = 'tok_3n-secret';
const wish = [{ from: 'refs/heads/*', to: 'refs/remotes/origin/*' }];

async function pushOne(rig: RemoteRig, options = {}) {
  const { repository, remote } = await rig.clone('a', options);
  const after = await commitOn(repository, rig.first, 'x');
  const ref = 'refs/heads/x';
  return { after, remote, ref, push: () => remote.push([{ ref, before: undefined, after }]) };
}

for (const engine of ['auto', 'library'] as const) {
  const http = { name: engine, engine, http: {} };
  describe(`a remote in trouble, engine ${engine}`, () => {
    test('is denied without a token, and let in with one that no message shows', async () => {
      await using rig = await remoteRig(http);
      rig.server!.behaviour.token = secret;
      for (const [token, code] of [
        [undefined, 'git-remote-denied'],
        ['wrong-token-1', 'git-remote-denied'],
        [secret, undefined],
      ] as const) {
        const environment = { ...rig.environment, TRAINYARD_GIT_TOKEN: token };
        const repository = await rig.open('work', engine, { environment });
        await rig.git('work', 'config', 'remote.origin.url', rig.url);
        const remote = value(await repository.remote())!;
        const after = await commitOn(repository, rig.first, `${token}`);
        const answers = [
          await remote.list(['refs/heads/']),
          await remote.fetch(wish),
          await remote.push([{ ref: 'refs/heads/new', before: undefined, after }]),
        ];
        for (const answer of answers) {
          expect(answer.ok ? undefined : answer.failure.code).toBe(code);
          if (!answer.ok) expect(answer.failure.message).not.toContain('wrong-token-1');
        }
      }
    });

    test('takes user and password from the URL, and does not show them', async () => {
      await using rig = await remoteRig(http);
      rig.server!.behaviour.token = secret;
      const withSecret = (password: string) => rig.url.replace('://', `://ada:${password}@`);
      const { repository } = await rig.clone('a');
      await rig.git('a', 'remote', 'set-url', 'origin', withSecret(secret));
      const remote = value(await repository.remote())!;
      expect(remote.url).toBe(rig.url);
      expect(value(await remote.list(['refs/heads/']))).toHaveLength(1);
      await rig.git('a', 'remote', 'set-url', 'origin', withSecret('not-the-password'));
      const denied = await value(await repository.remote())!.list(['refs/heads/']);
      expect(denied).toMatchObject({ failure: { code: 'git-remote-denied' } });
      expect(JSON.stringify(denied)).not.toContain('not-the-password');
    });

    test('leaks no token to the host that a redirect names', async () => {
      await using rig = await remoteRig(http);
      await using other = await gitServer({ root: rig.path });
      rig.server!.behaviour.instead = (request, response) => {
        if (request.headers.authorization === undefined) {
          response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
        } else response.writeHead(302, { location: other.origin + request.url! }).end();
        return true;
      };
      const environment = { ...rig.environment, TRAINYARD_GIT_TOKEN: secret };
      const { remote } = await rig.clone('a', { environment });
      // Git itself does not follow from the second question on; the library does.
      for (const answer of [await remote.list(['refs/heads/']), await remote.fetch(wish)]) {
        if (!answer.ok) expect(answer.failure.code).toMatch(/^git-remote-/);
      }
      expect(rig.server!.seen.some(({ authorization }) => authorization !== undefined)).toBe(true);
      if (engine === 'library') expect(other.seen.length).toBeGreaterThan(0);
      for (const { authorization } of other.seen) expect(authorization).toBeUndefined();
    });

    test('is unreachable: nobody listens, or the name does not exist', async () => {
      await using rig = await remoteRig(http);
      const { repository } = await rig.clone('a');
      for (const url of ['http://127.0.0.1:1/r.git', 'http://nowhere.invalid/r.git']) {
        await rig.git('a', 'remote', 'set-url', 'origin', url);
        const remote = value(await repository.remote())!;
        for (const answer of [await remote.list(['refs/']), await remote.fetch(wish)]) {
          expect(answer).toMatchObject({ failure: { code: 'git-remote-unreachable' } });
        }
        const push = await remote.push([{ ref: 'refs/heads/x', before: undefined, after: rig.first }]);
        expect(push).toMatchObject({ failure: { code: 'git-remote-unreachable' } });
      }
    });

    test('is given up after its time, when it is slow or silent', async () => {
      await using rig = await remoteRig(http);
      rig.server!.behaviour.delayMs = 3000;
      const { remote, push } = await pushOne(rig, { remoteTimeLimitMs: 250 });
      for (const answer of [await remote.list(['refs/']), await remote.fetch(wish), await push()]) {
        expect(answer).toMatchObject({ failure: { code: 'git-remote-too-slow', kind: 'world' } });
      }
    });

    test('breaks the connection before the push is carried out: nothing was moved, and it says so', async () => {
      await using rig = await remoteRig(http);
      rig.server!.behaviour.breakPush = 'before';
      const { remote, ref, push } = await pushOne(rig);
      expect(await push()).toMatchObject({ failure: { code: 'git-remote-unreachable' } });
      expect(value(await remote.list([ref]))).toEqual([]);
      delete rig.server!.behaviour.breakPush;
      expect(value(await push())).toEqual({ kind: 'done' });
    });

    test('breaks the connection after the push was carried out: the refs tell that it is done', async () => {
      await using rig = await remoteRig(http);
      rig.server!.behaviour.breakPush = 'after';
      const { remote, ref, after, push } = await pushOne(rig);
      expect(value(await push())).toEqual({ kind: 'done' });
      expect(value(await remote.list([ref]))).toEqual([{ name: ref, id: after }]);
    });

    test('breaks the connection, and somebody else was faster: the refs tell that it is lost', async () => {
      await using rig = await remoteRig(http);
      rig.server!.behaviour.breakPush = 'before';
      const { ref, push } = await pushOne(rig);
      const { behaviour } = rig.server!;
      behaviour.instead = (request) => {
        if (request.method !== 'POST' || !request.url!.includes('receive-pack')) return false;
        // While the push is on its way.
        void rig.git('origin.git', 'update-ref', ref, rig.first);
        return false;
      };
      behaviour.delayMs = 50;
      expect(value(await push())).toEqual({ kind: 'lost', refs: [ref] });
    });

    test('answers rubbish, a sign-in page, an error, or half a list', async () => {
      await using rig = await remoteRig(http);
      const { remote } = await rig.clone('a');
      const type = 'application/x-git-upload-pack-advertisement';
      const head = '001e# service=git-upload-pack\n0000';
      const answers: readonly (readonly [number, string, string])[] = [
        [200, 'text/html', '<html>please sign in</html>'],
        [200, type, 'zzzz'],
        [200, type, `${head}003e${'a'.repeat(20)}`],
        [200, type, `${head}0010nonsense..\n0000`],
        [200, type, ''],
        [200, type, head],
        [200, type, `${head}003d${rig.first} refs/heads/main\n`],
        [500, 'text/plain', 'no luck'],
        [418, 'text/plain', '\u001b[31mred'],
      ];
      for (const [status, contentType, body] of answers) {
        rig.server!.behaviour.instead = (_, response) => {
          response.writeHead(status, { 'content-type': contentType }).end(body);
          return true;
        };
        for (const answer of [await remote.list(['refs/heads/']), await remote.fetch(wish)]) {
          if (answer.ok) throw new Error(`${status} ${body} was taken`);
          expect(['git-remote-broken', 'git-remote-unreachable', 'git-remote-not-found']).toContain(
            answer.failure.code,
          );
          expect(answer.failure.message).not.toContain('\u001b');
        }
      }
    });

    test('sends without end: it is bounded by time and size', async () => {
      await using rig = await remoteRig(http);
      const { remote } = await rig.clone('a', { remoteTimeLimitMs: 1500 });
      rig.server!.behaviour.instead = (_, response) => {
        response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
        const block = Buffer.from(`${'003fa'.padEnd(63, 'a')}`.repeat(4000));
        const more = (): void => {
          while (!response.destroyed && response.write(block));
        };
        response.on('drain', more);
        more();
        return true;
      };
      const answer = await remote.list(['refs/heads/']);
      if (answer.ok) throw new Error('it has an end');
      expect(['git-remote-broken', 'git-remote-too-slow', 'git-remote-unreachable']).toContain(
        answer.failure.code,
      );
    });

    test('goes through the proxy that the environment names, and not for the hosts that it excepts', async () => {
      await using rig = await remoteRig(http);
      await using proxy = await countingProxy();
      const host = new URL(rig.url).host;
      for (const [except, asked] of [
        ['', true],
        ['example.org, 127.0.0.1', false],
        ['*', false],
      ] as const) {
        proxy.asked.length = 0;
        const environment = { ...rig.environment, http_proxy: proxy.url, no_proxy: except };
        const repository = await rig.open('work', engine, { environment });
        await rig.git('work', 'config', 'remote.origin.url', rig.url);
        expect(value(await value(await repository.remote())!.list(['refs/heads/']))).toHaveLength(1);
        expect(proxy.asked.includes(host), `no_proxy=${except}`).toBe(asked);
      }
    });

    test('sends names with path tricks: they are passed over', async () => {
      await using rig = await remoteRig(http);
      const { repository, remote } = await rig.clone('a');
      const names = ['refs/heads/../../../escaped', 'refs/heads/a.lock', 'refs/../x', 'HEAD'];
      const line = (text: string): string => (text.length + 4).toString(16).padStart(4, '0') + text;
      rig.server!.behaviour.instead = (request, response) => {
        if (request.method !== 'GET') return false;
        const refs = names.map((name, i) => line(`${rig.first} ${name}${i === 0 ? '\0 ofs-delta' : ''}\n`));
        response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
        response.end(`${line('# service=git-upload-pack\n')}0000${refs.join('')}0000`);
        return true;
      };
      const before = value(await repository.listRefs('refs/'));
      expect(value(await remote.list(['refs/'])).map(({ name }) => name)).toEqual([]);
      await remote.fetch([{ from: 'refs/heads/*', to: 'refs/heads/*' }]);
      expect(value(await repository.listRefs('refs/'))).toEqual(before);
    });
  });
}

describe('the library as an engine', () => {
  test('says that only https can be reached without the command', async () => {
    await using rig = await remoteRig({ name: 'library', engine: 'library' });
    const { repository } = await rig.clone('a');
    for (const url of [
      'git@example.org:a/b.git',
      'ssh://git@example.org/a',
      'file:///nowhere',
      '../origin.git',
    ]) {
      await rig.git('a', 'remote', 'set-url', 'origin', url);
      expect(await value(await repository.remote())!.list(['refs/'])).toMatchObject({
        failure: { code: 'git-remote-protocol-unsupported' },
      });
    }
  });

  test('sends the token of GITHUB_TOKEN to the host of GITHUB_SERVER_URL and nowhere else', async () => {
    await using rig = await remoteRig({ name: 'library', engine: 'library', http: {} });
    rig.server!.behaviour.token = secret;
    for (const [server, code] of [
      [rig.server!.origin, undefined],
      ['https://github.com', 'git-remote-denied'],
      [undefined, 'git-remote-denied'],
    ] as const) {
      const environment = { ...rig.environment, GITHUB_TOKEN: secret, GITHUB_SERVER_URL: server };
      const repository = await rig.open('work', 'library', { environment });
      await rig.git('work', 'config', 'remote.origin.url', rig.url);
      const answer = await value(await repository.remote())!.list(['refs/heads/']);
      expect(answer.ok ? undefined : answer.failure.code).toBe(code);
    }
  });

  test('refuses to follow a redirect to a place that is none for the question, or for ever', async () => {
    await using rig = await remoteRig({ name: 'library', engine: 'library', http: {} });
    const { remote } = await rig.clone('a');
    for (const location of [
      '/login',
      'file:///etc/passwd',
      '',
      rig.url,
      `${rig.url}/info/refs?service=git-upload-pack`,
    ]) {
      rig.server!.behaviour.instead = (_, response) => {
        response.writeHead(301, { location }).end();
        return true;
      };
      expect(await remote.list(['refs/']), location).toMatchObject({
        failure: { code: 'git-remote-broken' },
      });
    }
  });

  test('takes no pack that is damaged or not complete', async () => {
    await using rig = await remoteRig({ name: 'library', engine: 'library', http: {} });
    const { repository, remote } = await rig.clone('a');
    await rig.git('work', 'commit', '-q', '--allow-empty', '-m', 'more');
    await rig.git('work', 'push', '-q', `${rig.path}/origin.git`, 'HEAD:refs/heads/more');
    const before = value(await repository.listRefs('refs/'));
    const bodies = [
      '0000',
      '000dpackfile\n0000',
      '000dpackfile\n0009\u0001PACK0000',
      '0009ERR x',
      '000dpackfile\n0009\u0003nope0000',
    ];
    for (const body of bodies) {
      let posts = 0;
      rig.server!.behaviour.instead = (request, response) => {
        if (request.method !== 'POST' || ++posts < 2) return false;
        response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' }).end(body);
        return true;
      };
      expect(await remote.fetch(wish), body).toMatchObject({ failure: { code: 'git-remote-broken' } });
    }
    expect(value(await repository.listRefs('refs/'))).toEqual(before);
    delete rig.server!.behaviour.instead;
    value(await remote.fetch(wish));
    expect(value(await repository.listRefs('refs/remotes/origin/more'))).toHaveLength(1);
  });
});
