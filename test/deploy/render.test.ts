import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderDeployment } from '../../src/deploy/index.ts';
import { lockText, readLock } from '../../src/deploy/lock/lock-text.ts';
import { logNeeds } from '../../src/deploy/log-needs.ts';
import { objectName } from '../../src/deploy/object-name.ts';
import { problemOfPolicy } from './policy.ts';
import { digestOf, sample } from './sample.ts';

const golden = fileURLToPath(new URL('./golden/', import.meta.url));

function textsOf(deployment = sample()): Map<string, string> {
  return new Map(renderDeployment(deployment).files.map(({ path, text }) => [path, text]));
}

// biome-ignore lint/suspicious/noExplicitAny: what a parsed file holds is what is tested
function parsed(texts: Map<string, string>, path: string): any {
  return parse(texts.get(path) ?? `there is no ${path}`);
}

describe('what is rendered of a deployment', () => {
  it('is byte for byte what stands in test/deploy/golden', () => {
    const { files, lock } = renderDeployment(sample({ deploy: { host: 'models.example.org' } }));
    const all = [...files, { path: 'locks/heart-disease.json', text: lockText(lock) }];
    if (process.env['TRAINYARD_WRITE_GOLDEN'] === '1') {
      for (const { path, text } of all) {
        mkdirSync(dirname(join(golden, path)), { recursive: true });
        writeFileSync(join(golden, path), text);
      }
    }
    const there = readdirSync(golden, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(golden.length));
    expect(there.sort()).toEqual(all.map(({ path }) => path).sort());
    for (const { path, text } of all) expect(text, path).toBe(readFileSync(join(golden, path), 'utf8'));
  });

  it('is the same for the same deployment, whatever the order of its settings', () => {
    const one = renderDeployment(
      sample({ deploy: { ports: { a: 1, b: 2 }, resources: { limits: { cpu: '2', memory: '1Gi' } } } }),
    );
    const other = renderDeployment(
      sample({ deploy: { resources: { limits: { memory: '1Gi', cpu: '2' } }, ports: { b: 2, a: 1 } } }),
    );
    expect(other).toEqual(one);
  });

  it('P4 names its image by digest everywhere, and never by a tag', () => {
    const all = [...textsOf().values()].join('\n');
    const images = [...all.matchAll(/^\s*(?:- )?image: (.*)$/gm)].map((match) => match[1]!);
    expect(images.length).toBeGreaterThanOrEqual(5);
    for (const image of images) expect(image).toMatch(/^[^:@]+@sha256:[0-9a-f]{64}$/);
  });

  it('P4 every object that runs is without root, rights, shared namespaces and a writable disk', () => {
    for (const [path, text] of textsOf())
      if (path.endsWith('.yaml')) expect(problemOfPolicy(path, parse(text)), path).toBeUndefined();
  });

  it('V5 leads from a running server back to version, run, commit and record', () => {
    const deployment = sample();
    const { metadata, spec } = parsed(textsOf(), 'kubernetes/heart-disease/base/deployment.yaml');
    for (const { annotations } of [metadata, spec.template.metadata]) {
      expect(annotations).toMatchObject({
        'trainyard.version': 'v1.4.0',
        'trainyard.digest': deployment.digest,
        'trainyard.run': deployment.lineage.run,
        'trainyard.commit': deployment.lineage.commit,
        'trainyard.tag': 'heart-disease#production#7',
      });
    }
  });

  it('S7 replaces no server before its successor is ready, and leaves each the time that it needs to end', () => {
    const { spec } = parsed(textsOf(), 'kubernetes/heart-disease/base/deployment.yaml');
    expect(spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    const pod = spec.template.spec;
    const { preStop } = pod.containers[0].lifecycle;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(preStop.sleep.seconds + 30);
  });

  it('keeps its selectors through versions: they cannot be changed in a cluster', () => {
    const one = parsed(textsOf(), 'kubernetes/heart-disease/base/deployment.yaml');
    const next = sample({ version: 'v2.0.0', counter: 8, stage: 'production' });
    const other = parsed(textsOf(next), 'kubernetes/heart-disease/base/deployment.yaml');
    expect(other.spec.selector).toEqual(one.spec.selector);
    expect(other.spec.template.spec.containers[0].image).not.toBe(one.spec.template.spec.containers[0].image);
  });

  it('every file that kustomize is told of is there', () => {
    const texts = textsOf(sample({ deploy: { host: 'models.example.org' } }));
    for (const [path, text] of texts) {
      if (!path.endsWith('kustomization.yaml')) continue;
      for (const resource of (parse(text) as { resources: string[] }).resources) {
        const file = join(dirname(path), resource);
        expect(texts.has(file) || texts.has(join(file, 'kustomization.yaml')), `${path}: ${resource}`).toBe(
          true,
        );
      }
    }
  });

  it('with as many servers at least as at most, says the number itself and makes no autoscaler', () => {
    const texts = textsOf(sample({ deploy: { replicas: 3 } }));
    expect(parsed(texts, 'kubernetes/heart-disease/base/deployment.yaml').spec.replicas).toBe(3);
    expect([...texts.keys()].some((path) => path.includes('autoscaler'))).toBe(false);
    const range = textsOf();
    expect(parsed(range, 'kubernetes/heart-disease/base/deployment.yaml').spec.replicas).toBeUndefined();
  });

  it('lets out names alone, and where the prediction log goes', () => {
    const egress = (log: Parameters<typeof logNeeds>[0]) =>
      parsed(textsOf(sample({ log: logNeeds(log) })), 'kubernetes/heart-disease/base/network-policy.yaml')
        .spec.egress;
    const names = { ports: [53, 53].map((port, i) => ({ port, protocol: i === 0 ? 'UDP' : 'TCP' })) };
    const to = (port: number) => ({ ports: [{ port, protocol: 'TCP' }] });
    expect(egress(undefined)).toEqual([names]);
    expect(egress({ to: 's3://bucket/log' })).toEqual([names, to(443)]);
    expect(egress({ to: 'http://collector:4318/events' })).toEqual([names, to(4318)]);
    expect(egress({ to: 'file:predictions' })).toEqual([names]);
  });

  it('gives a log in files the one folder that can be written', () => {
    const texts = textsOf(sample({ log: logNeeds({ to: 'file:predictions' }) }));
    const { containers, volumes } = parsed(texts, 'kubernetes/heart-disease/base/deployment.yaml').spec
      .template.spec;
    expect(containers[0].volumeMounts).toContainEqual({ mountPath: '/app/predictions', name: 'log' });
    expect(volumes.map((each: { name: string }) => each.name)).toContain('log');
  });

  it('P5 names secrets, and never holds their values', () => {
    const log = logNeeds({ to: 's3://bucket/log' });
    const texts = textsOf(sample({ log, deploy: { secret: 'log', env: ['TRAINYARD_LOG_KEY'] } }));
    const { env, envFrom } = parsed(texts, 'kubernetes/heart-disease/base/deployment.yaml').spec.template.spec
      .containers[0];
    expect(envFrom).toEqual([{ secretRef: { name: 'log' } }]);
    expect(env).toContainEqual({ name: 'TRAINYARD_LOG_SPOOL', value: '/spool' });
    expect(parsed(texts, 'compose/heart-disease/compose.yaml').services['server-1'].environment).toEqual([
      'TRAINYARD_LOG_KEY',
      'TRAINYARD_THREADS=1',
      'TRAINYARD_LOG_SPOOL=/spool',
    ]);
  });

  it('P5 gives servers their access file from where it is kept, and names nothing of what is in it', () => {
    const deploy = {
      'access-secret': 'heart-access',
      'access-file': '/etc/trainyard/access.yaml',
      'env-file': '/etc/trainyard/production.env',
    };
    const texts = textsOf(sample({ deploy }));
    const path = '/etc/trainyard/access/access.yaml';
    const pod = parsed(texts, 'kubernetes/heart-disease/base/deployment.yaml').spec.template.spec;
    const predictor = parsed(texts, 'kserve/heart-disease/inference-service.yaml').spec.predictor;
    for (const { containers, volumes } of [pod, predictor]) {
      expect(containers[0].env).toContainEqual({ name: 'TRAINYARD_ACCESS', value: path });
      expect(containers[0].volumeMounts).toContainEqual({
        name: 'access',
        mountPath: '/etc/trainyard/access',
        readOnly: true,
      });
      // Readable for the group of the server, and for nobody else.
      expect(volumes).toContainEqual({
        name: 'access',
        secret: { secretName: 'heart-access', defaultMode: 0o440 },
      });
    }
    const server = parsed(texts, 'compose/heart-disease/compose.yaml').services['server-1'];
    expect(server.environment).toContain(`TRAINYARD_ACCESS=${path}`);
    expect(server.env_file).toEqual(['/etc/trainyard/production.env']);
    // A file that is missing is a mistake, and no empty folder.
    expect(server.volumes).toEqual([
      {
        type: 'bind',
        source: '/etc/trainyard/access.yaml',
        target: path,
        read_only: true,
        bind: { create_host_path: false },
      },
    ]);
    const bare = [...textsOf().values()].join('\n');
    expect(bare).not.toContain('TRAINYARD_ACCESS');
  });

  it.each([
    ['250m', '1'],
    ['1', '1'],
    ['1500m', '2'],
    ['4', '4'],
  ])(
    'starts as many threads as a limit of %s cores lets run, however large the machine is',
    (cpu, threads) => {
      const deploy = { resources: { requests: { cpu: '100m' }, limits: { cpu } } };
      const texts = textsOf(sample({ deploy }));
      const { env } = parsed(texts, 'kubernetes/heart-disease/base/deployment.yaml').spec.template.spec
        .containers[0];
      expect(env).toContainEqual({ name: 'TRAINYARD_THREADS', value: threads });
      expect(parsed(texts, 'compose/heart-disease/compose.yaml').services['server-1'].environment).toContain(
        `TRAINYARD_THREADS=${threads}`,
      );
    },
  );

  it('says of its Ingress who answers for it and with which certificate, and of its ServiceMonitor who reads it', () => {
    const deploy = {
      host: 'models.example.org',
      'ingress-class': 'nginx',
      'tls-secret': 'models-tls',
      'monitoring-labels': { release: 'kube-prometheus-stack', 'app.kubernetes.io/name': 'never' },
    };
    const texts = textsOf(sample({ deploy }));
    const folder = 'kubernetes/heart-disease/production';
    expect(parsed(texts, `${folder}/ingress.yaml`).spec).toMatchObject({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['models.example.org'], secretName: 'models-tls' }],
    });
    expect(parsed(texts, `${folder}/service-monitor.yaml`)).toMatchObject({
      metadata: { labels: { release: 'kube-prometheus-stack', 'app.kubernetes.io/name': 'heart-disease' } },
      spec: { jobLabel: 'app.kubernetes.io/name' },
    });
  });

  it('renders nothing for Compose where no image of a balancer is named', () => {
    const bare = { ...sample(), settings: { ...sample().settings } };
    delete (bare.settings as { balancer?: string }).balancer;
    expect([...textsOf(bare).keys()].some((path) => path.startsWith('compose/'))).toBe(false);
  });

  it('what people wrote cannot leave its place in a file', () => {
    const nasty = 'x"\nkind: Secret\n---\n';
    const deployment = sample({ lineage: { run: nasty, pipeline: nasty, commit: '2'.repeat(40) } });
    for (const [path, text] of textsOf(deployment)) {
      if (!path.endsWith('.yaml')) continue;
      expect((parse(text) as { kind?: string }).kind, path).not.toBe('Secret');
    }
  });
});

describe('names of objects', () => {
  it('are labels of DNS that begin with a letter, and differ where models differ', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 80 }), fc.string({ minLength: 1 }), (one, other) => {
        expect(objectName(one)).toMatch(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/);
        if (one !== other) expect(objectName(one)).not.toBe(objectName(other));
      }),
    );
    expect(objectName('heart-disease')).toBe('heart-disease');
    expect(objectName('3d-heart')).toMatch(/^d-heart-[0-9a-f]{8}$/);
  });
});

describe('locks', () => {
  it('are read as they were written, and say what they are of', async () => {
    const { lock } = renderDeployment(sample());
    expect(await readLock('locks/heart-disease.json', lockText(lock))).toEqual({ ok: true, value: lock });
    expect(lock.files['kubernetes/heart-disease/base/service.yaml']).toBe(
      digestOf(textsOf().get('kubernetes/heart-disease/base/service.yaml')!),
    );
  });

  it.each([
    ['no JSON', '{', 'not JSON'],
    ['another version of the format', '{"version":2}', 'its version is 2'],
    ['nothing', 'null', 'its version is undefined'],
    ['a missing member', '{"version":1,"model":"a"}', 'required property'],
    [
      'a counter that is none',
      lockText(renderDeployment(sample({ counter: 0 })).lock),
      '/assignment/counter must be >= 1',
    ],
  ])('with %s are refused', async (_, text, problem) => {
    expect(await readLock('locks/a.json', text)).toMatchObject({
      ok: false,
      failure: { code: 'deploy-lock-invalid', message: expect.stringContaining(problem) },
    });
  });
});
