import type { Json } from '../../base/index.ts';
import type { Deployment } from '../deployment.ts';
import { objectName } from '../object-name.ts';
import { commonLabels, lineageAnnotations, selectorLabels } from './labels.ts';
import { podBasics, serverContainer } from './pod.ts';

type KubernetesObject = { readonly [key: string]: Json };

/** Of every object: its name, its labels, and where the version comes from. */
function metadata(deployment: Deployment): KubernetesObject {
  return {
    name: objectName(deployment.model),
    labels: commonLabels(deployment),
    annotations: lineageAnnotations(deployment),
  };
}

/** Servers are replaced one by one, and none goes before its successor is ready. */
export function deploymentObject(deployment: Deployment): KubernetesObject {
  const { settings } = deployment;
  const { min, max } = settings.replicas;
  const name = objectName(deployment.model);
  const spread = (topologyKey: string): KubernetesObject => ({
    labelSelector: { matchLabels: selectorLabels(deployment) },
    matchLabelKeys: ['pod-template-hash'],
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(deployment),
    spec: {
      minReadySeconds: 2,
      progressDeadlineSeconds: Math.max(300, settings.readySeconds * 3),
      // Where an autoscaler decides, a number here would fight with it.
      ...(min === max ? { replicas: min } : {}),
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels(deployment) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels: commonLabels(deployment), annotations: lineageAnnotations(deployment) },
        spec: {
          ...podBasics(deployment),
          containers: [serverContainer(deployment, 'server')],
          serviceAccountName: name,
          topologySpreadConstraints: [
            spread('topology.kubernetes.io/zone'),
            spread('kubernetes.io/hostname'),
          ],
        },
      },
    },
  };
}

/** The address that stays through all versions. */
export function serviceObject(deployment: Deployment): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(deployment),
    spec: {
      type: 'ClusterIP',
      selector: selectorLabels(deployment),
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' }],
    },
  };
}

/** An identity that may do nothing, so that nothing is granted by way of `default`. */
export function serviceAccountObject(deployment: Deployment): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      ...metadata(deployment),
      annotations: { ...lineageAnnotations(deployment), ...deployment.settings.accountAnnotations },
    },
    automountServiceAccountToken: false,
  };
}

/** When nodes are emptied, one server at a time. */
export function disruptionBudgetObject(deployment: Deployment): KubernetesObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(deployment),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: selectorLabels(deployment) },
      // A server that is not ready helps nobody, and may hold up an upgrade for ever.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  };
}

/** In: the port of the server. Out: names, what the prediction log writes to, and what the stage's `egress` allows. */
export function networkPolicyObject(deployment: Deployment): KubernetesObject {
  const { image, log, settings } = deployment;
  const reached = [...new Set([...log.ports, ...settings.egress])].sort((a, b) => a - b);
  const port = (protocol: string, number: number): KubernetesObject => ({ port: number, protocol });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(deployment),
    spec: {
      podSelector: { matchLabels: selectorLabels(deployment) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [port('TCP', image.port)] }],
      egress: [
        { ports: [port('UDP', 53), port('TCP', 53)] },
        ...(reached.length === 0 ? [] : [{ ports: reached.map((each) => port('TCP', each)) }]),
      ],
    },
  };
}

/** For the operator of Prometheus, https://prometheus-operator.dev */
export function serviceMonitorObject(deployment: Deployment): KubernetesObject {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: {
      ...metadata(deployment),
      labels: { ...deployment.settings.monitoringLabels, ...commonLabels(deployment) },
    },
    spec: {
      jobLabel: 'app.kubernetes.io/name',
      podTargetLabels: ['app.kubernetes.io/version'],
      selector: { matchLabels: selectorLabels(deployment) },
      endpoints: [{ port: 'http', path: '/metrics', interval: '15s', scrapeTimeout: '5s' }],
    },
  };
}
