import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { balancerConfig } from '../../src/deploy/balancer/balancer-config.ts';
import { renderDeployment } from '../../src/deploy/index.ts';
import { renderWhole } from '../../src/deploy/kubernetes/render.ts';
import { logNeeds } from '../../src/deploy/log-needs.ts';
import { problemOfPolicy } from '../deploy/policy.ts';
import { sample } from '../deploy/sample.ts';
import type { KubernetesObject } from './schemas.ts';
import { problemsOf, problemsOfCompose, setting } from './schemas.ts';

let folder: string;

const deployments = [
  sample({
    deploy: {
      host: 'models.example.org',
      'ingress-class': 'nginx',
      'tls-secret': 'models-tls',
      'pull-secret': 'registry',
      'access-secret': 'heart-access',
      'access-file': '/etc/trainyard/access.yaml',
      'env-file': '/etc/trainyard/production.env',
      'monitoring-labels': { release: 'kube-prometheus-stack' },
      namespace: 'models',
    },
  }),
  sample({ model: '3d Heart/raw', deploy: { replicas: 2, monitoring: false, namespace: 'models' } }),
  sample({
    model: 'load',
    log: logNeeds({ to: 's3://bucket/log' }),
    deploy: { namespace: 'models', secret: 'log', env: ['AWS_REGION'] },
  }),
];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-manifests-'));
  const files = deployments.flatMap((deployment) => renderDeployment(deployment).files);
  const whole = renderWhole(
    'production',
    deployments.map(({ model }) => model),
  );
  for (const { path, text } of [...files, whole]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function built(path: string): readonly KubernetesObject[] {
  const text = execFileSync(setting('TRAINYARD_TEST_KUSTOMIZE'), ['build', join(folder, path)], {
    encoding: 'utf8',
  });
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

describe('what kustomize builds of the branch', () => {
  it('is all that a model needs, in the namespace of the stage', () => {
    const objects = built('kubernetes/heart-disease/production');
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      'Deployment',
      'HorizontalPodAutoscaler',
      'Ingress',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
    ]);
    for (const { metadata } of objects)
      expect(metadata).toMatchObject({ name: 'heart-disease', namespace: 'models' });
  });

  it('holds every model of the stage, each object once', () => {
    const names = built('kubernetes').map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('Deployment/'))).toHaveLength(3);
  });

  it('P4 is valid by the official schemas, down to the last key, and keeps our policy', () => {
    const objects = built('kubernetes');
    expect(objects.length).toBeGreaterThan(18);
    for (const object of objects) {
      const name = `${object.kind}/${object.metadata.name}`;
      expect(problemsOf(object), name).toEqual([]);
      expect(problemOfPolicy(name, object), name).toBeUndefined();
    }
  });
});

describe('the InferenceService of KServe', () => {
  it.each(deployments.map((deployment) => [deployment.model, deployment] as const))(
    'of %s is valid by its definition',
    (_, deployment) => {
      const file = renderDeployment(deployment).files.find(({ path }) => path.startsWith('kserve/'))!;
      expect(problemsOf(parse(file.text) as KubernetesObject)).toEqual([]);
    },
  );
});

describe('the file for Compose', () => {
  it.each(deployments.map((deployment) => [deployment.model, deployment] as const))(
    'of %s is valid by the specification, and its balancer by HAProxy',
    (_, deployment) => {
      const { files } = renderDeployment(deployment);
      const compose = files.find(({ path }) => path.endsWith('/compose.yaml'))!;
      expect(problemsOfCompose(parse(compose.text))).toEqual([]);
      checkBalancer(files.find(({ path }) => path.endsWith('/haproxy.cfg'))!.text);
    },
  );
});

it('the balancer of containers here is valid for HAProxy, for one server and for three', () => {
  for (const count of [1, 3]) {
    const servers = Array.from({ length: count }, (_, i) => ({
      name: `s${i + 1}`,
      host: `trainyard-heart-disease-staging-0123456789ab-${i + 1}`,
      port: 8080,
    }));
    const generation = servers.map(({ host }) => host).join(' ');
    checkBalancer(balancerConfig({ servers, port: 8080, generation, drainSeconds: 30 }));
  }
});

function checkBalancer(text: string): void {
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, text);
  const output = execFileSync('haproxy', ['-c', '-f', file], { encoding: 'utf8', stdio: 'pipe' });
  expect(output).toContain('Configuration file is valid');
}

describe('the schemas themselves', () => {
  const texts = new Map(renderDeployment(deployments[0]!).files.map(({ path, text }) => [path, text]));

  it.each([
    ['kubernetes/heart-disease/base/deployment.yaml', 'readOnlyRootFilesystem', 'readOnlyRootFileSystem'],
    ['kubernetes/heart-disease/base/service.yaml', 'targetPort', 'target'],
    ['kubernetes/heart-disease/production/autoscaler.yaml', 'minReplicas: 2', 'minReplicas: "2"'],
    ['kubernetes/heart-disease/production/service-monitor.yaml', 'interval: 15s', 'interval: often'],
    ['kserve/heart-disease/inference-service.yaml', 'scaleTarget', 'scaleTargets'],
  ])('find a mistake in %s', (path, before, after) => {
    const text = texts.get(path)!;
    expect(text).toContain(before);
    expect(problemsOf(parse(text.replace(before, after)) as KubernetesObject)).not.toEqual([]);
  });

  it('find a mistake in a file for Compose', () => {
    const text = texts.get('compose/heart-disease/compose.yaml')!;
    expect(problemsOfCompose(parse(text.replace('read_only', 'readonly')))).not.toEqual([]);
  });
});
