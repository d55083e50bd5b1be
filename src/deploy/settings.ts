import type { PortNumber, StageFile } from '../pipeline/index.ts';
import { defaultAmounts } from '../pipeline/index.ts';

/** `deploy:` of a stage with every default filled in. */
export interface StageSettings {
  readonly stage: string;
  readonly target: 'manifests' | 'docker';
  readonly namespace: string;
  readonly replicas: { readonly min: number; readonly max: number };
  readonly resources: { readonly requests: Amounts; readonly limits: Amounts };
  readonly host?: string;
  readonly ingressClass?: string;
  readonly tlsSecret?: string;
  readonly pullSecret?: string;
  /** Name of a Kubernetes secret whose keys become environment variables. */
  readonly secret?: string;
  /** Name of a Kubernetes secret with `access.yaml`. */
  readonly accessSecret?: string;
  /** Absolute, on the machine of Docker. */
  readonly accessFile?: string;
  /** Absolute, on the machine of Docker. */
  readonly envFile?: string;
  /** Names of variables that Docker and Compose pass on. */
  readonly env: readonly string[];
  readonly egress: readonly PortNumber[];
  readonly accountAnnotations: Readonly<Record<string, string>>;
  readonly monitoring: boolean;
  readonly monitoringLabels: Readonly<Record<string, string>>;
  /** Of HAProxy, by digest. */
  readonly balancer?: string;
  readonly address: string;
  readonly ports: Readonly<Record<string, PortNumber>>;
  readonly readySeconds: number;
  readonly drainSeconds: number;
}

export interface Amounts {
  readonly cpu: string;
  readonly memory: string;
}

export function stageSettings({ name, deploy = {} }: StageFile): StageSettings {
  const { replicas = { min: 2, max: 6 }, resources = {} } = deploy;
  return {
    stage: name,
    target: deploy.target ?? 'manifests',
    namespace: deploy.namespace ?? name,
    replicas: typeof replicas === 'number' ? { min: replicas, max: replicas } : replicas,
    resources: {
      requests: { ...defaultAmounts.requests, ...resources.requests },
      limits: { ...defaultAmounts.limits, ...resources.limits },
    },
    ...(deploy.host === undefined ? {} : { host: deploy.host }),
    ...(deploy['ingress-class'] === undefined ? {} : { ingressClass: deploy['ingress-class'] }),
    ...(deploy['tls-secret'] === undefined ? {} : { tlsSecret: deploy['tls-secret'] }),
    ...(deploy['access-secret'] === undefined ? {} : { accessSecret: deploy['access-secret'] }),
    ...(deploy['access-file'] === undefined ? {} : { accessFile: deploy['access-file'] }),
    ...(deploy['env-file'] === undefined ? {} : { envFile: deploy['env-file'] }),
    ...(deploy['pull-secret'] === undefined ? {} : { pullSecret: deploy['pull-secret'] }),
    ...(deploy.secret === undefined ? {} : { secret: deploy.secret }),
    env: [...(deploy.env ?? [])].sort(),
    egress: deploy.egress ?? [],
    accountAnnotations: deploy['account-annotations'] ?? {},
    monitoring: deploy.monitoring ?? true,
    monitoringLabels: deploy['monitoring-labels'] ?? {},
    ...(deploy.balancer === undefined ? {} : { balancer: deploy.balancer }),
    address: deploy.address ?? '127.0.0.1',
    ports: deploy.ports ?? {},
    readySeconds: deploy['ready-seconds'] ?? 60,
    drainSeconds: deploy['drain-seconds'] ?? 30,
  };
}

/**
 * Where a model of the stage answers from outside of the cluster, by its Ingress; `undefined` where it has none. By HTTPS,
 * whoever ends it there: the Ingress itself, its controller, or what stands before them.
 */
export function addressOf({ host }: Pick<StageSettings, 'host'>, model: string): string | undefined {
  return host === undefined ? undefined : `https://${host}/predict/${encodeURIComponent(model)}`;
}
