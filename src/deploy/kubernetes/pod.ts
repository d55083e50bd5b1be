import type { Json } from '../../base/index.ts';
import type { Deployment } from '../deployment.ts';
import { imageReference } from '../deployment.ts';
import { accessFolder, serverEnvironment } from '../server-environment.ts';

type Map = { readonly [key: string]: Json };

/** Until every part of the cluster has learned that a server goes, requests still come to it. */
export const farewellSeconds = 5;

/** The one container: no root, no rights, no disk that it can write, and as much as it may use. */
export function serverContainer(deployment: Deployment, name: string): Map {
  const { image, settings, log } = deployment;
  const { requests, limits } = settings.resources;
  return {
    name,
    image: imageReference(image),
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: image.port, protocol: 'TCP' }],
    env: Object.entries(serverEnvironment(deployment, settings.accessSecret)).map(([key, value]) => ({
      name: key,
      value,
    })),
    ...(settings.secret === undefined ? {} : { envFrom: [{ secretRef: { name: settings.secret } }] }),
    resources: {
      requests: { cpu: requests.cpu, memory: requests.memory },
      limits: { cpu: limits.cpu, memory: limits.memory },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      ...(log.folder === undefined ? [] : [{ name: 'log', mountPath: log.folder }]),
      ...(settings.accessSecret === undefined
        ? []
        : [{ name: 'access', mountPath: accessFolder, readOnly: true }]),
    ],
    // Golden requests are answered before it is ready.
    startupProbe: { ...probe('/health/ready'), periodSeconds: 1, failureThreshold: settings.readySeconds },
    readinessProbe: { ...probe('/health/ready'), periodSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...probe('/health/live'), periodSeconds: 10, failureThreshold: 3 },
    // By the kubelet itself: the image has no shell.
    lifecycle: { preStop: { sleep: { seconds: farewellSeconds } } },
  };
}

/** What belongs to a pod beside its container. */
export function podBasics({ image, settings, log }: Deployment): Map {
  const [uid, gid] = image.user.split(':').map(Number) as [number, number | undefined];
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      fsGroup: gid ?? uid,
      runAsGroup: gid ?? uid,
      runAsNonRoot: true,
      runAsUser: uid,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // Time to say farewell, to answer what is there, and to end.
    terminationGracePeriodSeconds: farewellSeconds + settings.drainSeconds + 5,
    volumes: [
      { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
      ...(log.folder === undefined ? [] : [{ name: 'log', emptyDir: { sizeLimit: '1Gi' } }]),
      ...(settings.accessSecret === undefined
        ? []
        : [{ name: 'access', secret: { secretName: settings.accessSecret, defaultMode: 0o440 } }]),
    ],
    ...(settings.pullSecret === undefined ? {} : { imagePullSecrets: [{ name: settings.pullSecret }] }),
  };
}

function probe(path: string): Map {
  return { httpGet: { path, port: 'http' }, timeoutSeconds: 2 };
}
