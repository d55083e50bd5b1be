interface Container {
  readonly image: string;
  readonly resources?: {
    readonly limits?: Record<string, string>;
    readonly requests?: Record<string, string>;
  };
  readonly securityContext?: Record<string, unknown> & {
    readonly capabilities?: { readonly drop?: string[] };
  };
  readonly readinessProbe?: { readonly httpGet?: { readonly path?: string } };
  readonly livenessProbe?: { readonly httpGet?: { readonly path?: string } };
  readonly startupProbe?: object;
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly runAsUser?: number;
    readonly seccompProfile?: { readonly type?: string };
  };
  readonly volumes?: readonly Record<string, unknown>[];
  readonly terminationGracePeriodSeconds?: number;
}

/**
 * What every cluster with some care asks for: the `restricted` level of Kubernetes' Pod Security Standards, and limits,
 * probes and images by digest. The first thing that is wrong.
 */
// biome-ignore lint/suspicious/noExplicitAny: any file of the branch
export function problemOfPolicy(path: string, object: any): string | undefined {
  if (path.startsWith('compose/') && path.endsWith('.yaml')) return problemOfCompose(object);
  const pod: PodSpec | undefined =
    object?.kind === 'Deployment'
      ? object.spec.template.spec
      : object?.kind === 'InferenceService'
        ? object.spec.predictor
        : undefined;
  return pod === undefined ? undefined : problemOfPod(pod);
}

function problemOfPod(pod: PodSpec): string | undefined {
  const { securityContext = {}, volumes = [] } = pod;
  if (pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true) return 'it shares the host';
  if (pod.automountServiceAccountToken !== false) return 'it has a token';
  if (securityContext.runAsNonRoot !== true || !((securityContext.runAsUser ?? 0) > 0))
    return 'it may be root';
  if (securityContext.seccompProfile?.type !== 'RuntimeDefault')
    return 'it may call everything of the kernel';
  const allowed = ['emptyDir', 'configMap', 'secret', 'projected', 'downwardAPI', 'persistentVolumeClaim'];
  for (const { name: _, ...volume } of volumes) {
    if (!Object.keys(volume).every((kind) => allowed.includes(kind))) return 'it mounts the host';
  }
  for (const container of pod.containers) {
    const { securityContext: own = {}, resources = {} } = container;
    if (!/@sha256:[0-9a-f]{64}$/.test(container.image)) return 'its image has no digest';
    if (own['allowPrivilegeEscalation'] !== false || own['privileged'] === true) return 'it may gain rights';
    if (own['readOnlyRootFilesystem'] !== true) return 'it can write its disk';
    if (own.capabilities?.drop?.includes('ALL') !== true) return 'it has capabilities';
    for (const what of ['cpu', 'memory']) {
      if (resources.limits?.[what] === undefined) return `it has no limit of ${what}`;
      if (resources.requests?.[what] === undefined) return `it asks for no ${what}`;
    }
    if (container.readinessProbe?.httpGet?.path !== '/health/ready') return 'its readiness is unknown';
    if (container.livenessProbe?.httpGet?.path !== '/health/live') return 'its liveness is unknown';
    if (container.startupProbe === undefined) return 'it has no time to start';
  }
  return undefined;
}

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly deploy?: { readonly resources?: { readonly limits?: Record<string, unknown> } };
}

function problemOfCompose(object: {
  readonly services: Readonly<Record<string, Service>>;
}): string | undefined {
  for (const [name, service] of Object.entries(object.services)) {
    const wrong =
      !/@sha256:[0-9a-f]{64}$/.test(service.image) ||
      !/^[1-9]\d*:[1-9]\d*$/.test(service.user ?? '') ||
      service.read_only !== true ||
      service.privileged === true ||
      service.cap_drop?.includes('ALL') !== true ||
      service.security_opt?.includes('no-new-privileges:true') !== true ||
      service.deploy?.resources?.limits?.['memory'] === undefined;
    if (wrong) return `the service ${name} may do more than it has to`;
  }
  return Object.keys(object.services).length < 3 ? 'there are fewer than two servers' : undefined;
}
