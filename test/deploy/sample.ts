import type { Digest } from '../../src/base/index.ts';
import { digestOfBytes } from '../../src/base/index.ts';
import type { Deployment, StageSettings } from '../../src/deploy/index.ts';
import { stageSettings } from '../../src/deploy/index.ts';
import type { DeployFile } from '../../src/pipeline/index.ts';

export function digestOf(text: string): Digest {
  return digestOfBytes(text);
}

export const balancer: string = `registry.example.org/haproxy@${digestOf('haproxy')}`;

export function settings(deploy: DeployFile = {}, stage = 'production'): StageSettings {
  return stageSettings({ name: stage, deploy });
}

export interface SampleOptions extends Partial<Omit<Deployment, 'settings'>> {
  readonly stage?: string;
  readonly counter?: number;
  readonly deploy?: DeployFile;
}

/** A deployment in which everything is said. */
export function sample(options: SampleOptions = {}): Deployment {
  const { stage = 'production', counter = 7, deploy = {}, ...over } = options;
  const { model = 'heart-disease', version = 'v1.4.0' } = over;
  return {
    model,
    version,
    digest: digestOf(`${model} ${version}`),
    assignment: {
      tag: `${model}#${stage}#${counter}`,
      id: '1'.repeat(40),
      counter,
      by: '@ada',
      why: 'agreed with cardiology',
    },
    lineage: {
      run: '20260301-120000-0123abcd',
      pipeline: model,
      commit: '2'.repeat(40),
      record: digestOf('record'),
    },
    provenance: { verdict: 'pass', because: 'signed by the key sha256:0123, and every link holds' },
    image: {
      repository: `registry.example.org/team/${model}`,
      digest: digestOf(`image ${model} ${version}`),
      port: 8080,
      user: '65532:65532',
    },
    settings: settings({ balancer, ...deploy }, stage),
    log: { ports: [443] },
    ...over,
  };
}
