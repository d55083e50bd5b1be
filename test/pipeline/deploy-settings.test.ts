import { describe, expect, it } from 'vitest';
import { loadProject } from '../../src/pipeline/index.ts';

/** Mistakes as `code line:column`, of a stage with these settings. */
async function mistakes(...lines: readonly string[]): Promise<readonly string[]> {
  const text = [
    'version: 1',
    'stages:',
    '  - name: production',
    '    deploy:',
    ...lines.map((line) => `      ${line}`),
    '',
  ].join('\n');
  const project = await loadProject('/project', (async () => Buffer.from(text)) as never);
  return project.ok
    ? []
    : project.failure.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`);
}

describe('deploy: of a stage', () => {
  it('takes every setting', async () => {
    expect(
      await mistakes(
        'target: docker',
        'namespace: models',
        'replicas: { min: 2, max: 8 }',
        'resources: { requests: { cpu: 500m, memory: 256Mi }, limits: { cpu: "1.5", memory: 1Gi } }',
        'host: models.example.org',
        'pull-secret: registry',
        'secret: log',
        'env: [TRAINYARD_LOG_KEY]',
        'monitoring: false',
        `balancer: docker.io/library/haproxy@sha256:${'0'.repeat(64)}`,
        'address: 0.0.0.0',
        'ports: { heart-disease: 8080 }',
        'ready-seconds: 30',
        'drain-seconds: 10',
      ),
    ).toEqual([]);
  });

  it.each([
    ['replicas: { min: 4, max: 2 }', 'pipeline-deploy 5:24'],
    ['replicas: 0', 'pipeline-value-small 5:17'],
    ['resources: { requests: { memory: 1Gi } }', 'pipeline-deploy 5:40'],
    ['resources: { limits: { cpu: 100m } }', 'pipeline-deploy 5:35'],
    ['resources: { limits: { cpu: "0" } }', 'pipeline-deploy 5:35'],
    ['address: 127.0.0.300', 'pipeline-deploy 5:16'],
  ])('finds %s where it stands', async (line, mistake) => {
    const found = await mistakes(line);
    expect(found.map((each) => each.split(' ')[1])).toEqual([mistake.split(' ')[1]]);
    if (mistake.startsWith('pipeline-deploy')) expect(found).toEqual([mistake]);
  });

  it.each([
    'balancer: haproxy:latest',
    'host: https://models.example.org',
    'namespace: Models',
    'resources: { limits: { memory: 512 } }',
    'ports: { heart-disease: 70000 }',
    'env: ["A=b"]',
    'target: swarm',
    'replica: 2',
  ])('refuses %s by its shape', async (line) => {
    expect(await mistakes(line)).toHaveLength(1);
  });
});
