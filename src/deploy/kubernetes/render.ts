import type { Json } from '../../base/index.ts';
import type { Deployment, RenderedFile } from '../deployment.ts';
import { objectName } from '../object-name.ts';
import { yamlText } from '../yaml-text.ts';
import {
  deploymentObject,
  disruptionBudgetObject,
  networkPolicyObject,
  serviceAccountObject,
  serviceMonitorObject,
  serviceObject,
} from './base-objects.ts';
import { autoscalerObject, ingressObject } from './stage-objects.ts';

/** Where the files of a model are on the branch. */
export function kubernetesFolder(model: string): string {
  return `kubernetes/${objectName(model)}`;
}

/**
 * Kustomize: `base` is the version, what follows from its image and lineage; `<stage>` is what the stage says of it.
 * What a cluster applies is `kubernetes/<model>/<stage>`, or `kubernetes` for all models of the stage.
 */
export function renderKubernetes(deployment: Deployment): readonly RenderedFile[] {
  const folder = kubernetesFolder(deployment.model);
  const { settings } = deployment;
  const base: Readonly<Record<string, Json>> = {
    'deployment.yaml': deploymentObject(deployment),
    'disruption-budget.yaml': disruptionBudgetObject(deployment),
    'network-policy.yaml': networkPolicyObject(deployment),
    'service-account.yaml': serviceAccountObject(deployment),
    'service.yaml': serviceObject(deployment),
  };
  const { min, max } = settings.replicas;
  const stage: Readonly<Record<string, Json>> = {
    ...(min === max ? {} : { 'autoscaler.yaml': autoscalerObject(deployment) }),
    ...(settings.host === undefined ? {} : { 'ingress.yaml': ingressObject(deployment, settings.host) }),
    ...(settings.monitoring ? { 'service-monitor.yaml': serviceMonitorObject(deployment) } : {}),
  };
  return [
    ...filesOf(`${folder}/base`, base, { resources: Object.keys(base) }),
    ...filesOf(`${folder}/${settings.stage}`, stage, {
      namespace: settings.namespace,
      resources: ['../base', ...Object.keys(stage)],
    }),
  ];
}

/** All models of the stage in one: what stands in the branch says which they are. */
export function renderWhole(stage: string, models: readonly string[]): RenderedFile {
  const resources = [...models].sort().map((model) => `${objectName(model)}/${stage}`);
  return { path: 'kubernetes/kustomization.yaml', text: yamlText(kustomization({ resources })) };
}

function filesOf(
  folder: string,
  objects: Readonly<Record<string, Json>>,
  rest: { readonly [key: string]: Json },
): readonly RenderedFile[] {
  return [
    ...Object.entries(objects).map(([file, object]) => ({
      path: `${folder}/${file}`,
      text: yamlText(object),
    })),
    { path: `${folder}/kustomization.yaml`, text: yamlText(kustomization(rest)) },
  ];
}

function kustomization(rest: { readonly [key: string]: Json }): Json {
  return { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...rest };
}
