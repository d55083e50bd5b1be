import { expect, it } from 'vitest';
import { addressOf, containerRig, docker, startContainer } from './rig/containers.ts';

it('a base image from the registry on loopback runs without root, rights, network and a writable disk', async () => {
  const { base } = containerRig();
  await docker('pull', '--quiet', base);
  const code = 'console.log(process.getuid(), Object.keys(require("os").networkInterfaces()).length)';
  const locks = ['--read-only', '--user=65532:65532', '--cap-drop=ALL', '--network=none'];
  expect(await docker('run', '--rm', ...locks, base, '-e', code)).toBe('65532 1');
});

it('a container answers on a published port of loopback', async () => {
  const { base } = containerRig();
  const code = 'require("http").createServer((_, response) => response.end("hello")).listen(8080)';
  await using container = await startContainer(['--publish=127.0.0.1::8080', base, '-e', code]);
  const address = await addressOf(container.id, 8080);
  await expect
    .poll(async () => (await fetch(`http://${address}/`).catch(() => undefined))?.text(), { timeout: 10_000 })
    .toBe('hello');
});

it('the balancer image has HAProxy', async () => {
  const { balancer } = containerRig();
  await docker('pull', '--quiet', balancer);
  expect(await docker('run', '--rm', balancer, '-v')).toContain('HAProxy version 2');
});
