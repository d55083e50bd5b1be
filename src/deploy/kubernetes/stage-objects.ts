import type { Json } from '../../base/index.ts';
import type { Deployment } from '../deployment.ts';
import { objectName } from '../object-name.ts';
import { commonLabels, lineageAnnotations } from './labels.ts';

type KubernetesObject = { readonly [key: string]: Json };

/** As many servers as their processors need: up at once, down after five quiet minutes. */
export function autoscalerObject(deployment: Deployment): KubernetesObject {
  const { min, max } = deployment.settings.replicas;
  const name = objectName(deployment.model);
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, labels: commonLabels(deployment), annotations: lineageAnnotations(deployment) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          policies: [
            { type: 'Percent', value: 100, periodSeconds: 15 },
            { type: 'Pods', value: 2, periodSeconds: 15 },
          ],
          selectPolicy: 'Max',
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        },
      },
    },
  };
}

/** Only the paths of this model, so that all models of a stage may share a host. */
export function ingressObject(deployment: Deployment, host: string): KubernetesObject {
  const { model, settings } = deployment;
  const { ingressClass, tlsSecret } = settings;
  const name = objectName(model);
  const service = { name, port: { name: 'http' } };
  const segment = encodeURIComponent(model);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, labels: commonLabels(deployment), annotations: lineageAnnotations(deployment) },
    spec: {
      ...(ingressClass === undefined ? {} : { ingressClassName: ingressClass }),
      ...(tlsSecret === undefined ? {} : { tls: [{ hosts: [host], secretName: tlsSecret }] }),
      rules: [
        {
          host,
          http: {
            paths: [`/predict/${segment}`, `/v2/models/${segment}`].map((path) => ({
              path,
              pathType: 'Prefix',
              backend: { service },
            })),
          },
        },
      ],
    },
  };
}
