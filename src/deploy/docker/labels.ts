import type { Digest } from '../../base/index.ts';
import { digestOfJson } from '../../base/index.ts';
import type { Deployment } from '../deployment.ts';
import { imageReference } from '../deployment.ts';
import { lineageAnnotations } from '../kubernetes/labels.ts';
import { objectName } from '../object-name.ts';
import { serverEnvironment } from '../server-environment.ts';

/** Where the containers of a model in a stage are found again: in Docker itself, and in no file. */
export interface Place {
  readonly model: string;
  readonly stage: string;
}

export const labels = {
  role: 'trainyard.role',
  place: 'trainyard.place',
  generation: 'trainyard.generation',
  counter: 'trainyard.counter',
  replica: 'trainyard.replica',
  port: 'trainyard.port',
  balancer: 'trainyard.balancer',
} as const;

export function placeLabel({ model, stage }: Place): string {
  return `${stage}/${model}`;
}

/** What containers, network and balancer of a place are called. */
export function placeName({ model, stage }: Place): string {
  return `trainyard-${objectName(model)}-${stage}`;
}

/** Servers of one generation are the same in everything: another image, assignment or limit makes another generation. */
export function generationOf(deployment: Deployment, image: string, envFile: Digest | undefined): string {
  const { settings, assignment, log } = deployment;
  const facts = {
    image,
    reference: imageReference(deployment.image),
    user: deployment.image.user,
    port: deployment.image.port,
    assignment: assignment.tag,
    limits: { ...settings.resources.limits },
    drain: settings.drainSeconds,
    log: log.folder ?? null,
    env: settings.env,
    environment: serverEnvironment(deployment, settings.accessFile),
    access: settings.accessFile ?? null,
    envFile: envFile ?? null,
  };
  return digestOfJson(facts).slice('sha256:'.length, 'sha256:'.length + 12);
}

export function serverLabels(
  deployment: Deployment,
  { generation, replica }: { readonly generation: string; readonly replica: number },
): Readonly<Record<string, string>> {
  const { model, settings, assignment } = deployment;
  return {
    ...lineageAnnotations(deployment),
    [labels.role]: 'server',
    [labels.place]: placeLabel({ model, stage: settings.stage }),
    [labels.generation]: generation,
    [labels.counter]: String(assignment.counter),
    [labels.replica]: String(replica),
  };
}
