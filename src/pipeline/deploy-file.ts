/** How versions of a stage run: `deploy:` of a stage in `trainyard.yaml`, read by `trainyard deploy`. */
export interface DeployFile {
  /**
   * `manifests`: files on the branch `deploy/<stage>`, which a cluster follows. `docker`: containers of this machine's
   * Docker. Default: `manifests`.
   */
  readonly target?: 'manifests' | 'docker';
  /**
   * Namespace of Kubernetes. Default: the name of the stage.
   * @pattern ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$
   * @patternErrorMessage write lower-case letters, digits and dashes, 63 at most
   */
  readonly namespace?: string;
  /** How many servers of a model run at once. Default: at least 2, at most 6. */
  readonly replicas?: ReplicaCount | ReplicaRange;
  /** What one server may use. */
  readonly resources?: ResourcesFile;
  /**
   * Name by which the models are reached from outside of the cluster: makes an Ingress.
   * @pattern ^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$
   * @patternErrorMessage write the name of a host, without a scheme or a port
   * @maxLength 253
   */
  readonly host?: string;
  /**
   * Which Ingress controller answers for `host`. Default: the cluster's own choice.
   * @pattern ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$
   */
  readonly 'ingress-class'?: string;
  /**
   * Name of a Kubernetes secret, in the namespace, with the certificate of `host` (`kubernetes.io/tls`): makes the
   * Ingress answer by HTTPS.
   * @pattern ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$
   */
  readonly 'tls-secret'?: string;
  /**
   * Name of a Kubernetes secret, in the namespace, to pull images with.
   * @pattern ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$
   */
  readonly 'pull-secret'?: string;
  /**
   * Name of a Kubernetes secret, in the namespace, whose keys become environment variables of the servers: what the
   * prediction log writes with, and what it hashes with.
   * @pattern ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$
   */
  readonly secret?: string;
  /**
   * Name of a Kubernetes secret, in the namespace, whose key `access.yaml` is the access file of the servers; files with
   * keys of issuers that it names stand beside it.
   * @pattern ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$
   */
  readonly 'access-secret'?: string;
  /**
   * Access file of the servers on the machine where Docker or Compose runs: an absolute path.
   * @pattern ^/[^\s:,"$]+$
   * @patternErrorMessage write an absolute path, without spaces, colons and commas
   */
  readonly 'access-file'?: string;
  /**
   * File with a line `NAME=value` for each environment variable of the servers, on the machine where Docker or Compose
   * runs: an absolute path.
   * @pattern ^/[^\s:,"$]+$
   * @patternErrorMessage write an absolute path, without spaces, colons and commas
   */
  readonly 'env-file'?: string;
  /**
   * Names of environment variables that servers get from whoever deploys, for Docker and Compose: values are never
   * written down.
   */
  readonly env?: readonly EnvironmentName[];
  /**
   * TCP ports that servers of Kubernetes may reach beside name service and what the prediction log needs: where traces
   * go, where keys of tokens come from, an S3 that is not on 443. Default: none.
   */
  readonly egress?: readonly PortNumber[];
  /** Annotations of the servers' account in Kubernetes, by which clouds give rights to it (for a log on S3). */
  readonly 'account-annotations'?: Readonly<Record<string, string>>;
  /** Whether a ServiceMonitor is made, which needs the operator of Prometheus in the cluster. Default: true. */
  readonly monitoring?: boolean;
  /** Labels of the ServiceMonitor by which a Prometheus finds it, such as `release: kube-prometheus-stack`. */
  readonly 'monitoring-labels'?: Readonly<Record<string, LabelValue>>;
  /**
   * Image of HAProxy, by digest: for Docker and Compose.
   * @pattern ^[^\s@]+@sha256:[0-9a-f]{64}$
   * @patternErrorMessage write the image with its digest: `docker.io/library/haproxy@sha256:...`
   */
  readonly balancer?: string;
  /**
   * Address of this machine that the balancer listens on, for Docker and Compose. Default: 127.0.0.1.
   * @pattern ^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\])$
   * @patternErrorMessage write an address such as `127.0.0.1`, or `0.0.0.0` for all of them
   */
  readonly address?: string;
  /** By model, the port of it, for Docker and Compose. Default for Docker: a free one, which stays; for Compose: 8080. */
  readonly ports?: Readonly<Record<string, PortNumber>>;
  /**
   * How long a server may take until it is ready. Default: 60.
   * @asType integer
   * @minimum 1
   * @maximum 3600
   */
  readonly 'ready-seconds'?: number;
  /**
   * How long a server that is replaced may take to answer the requests that it has. Default: 30.
   * @asType integer
   * @minimum 1
   * @maximum 3600
   */
  readonly 'drain-seconds'?: number;
}

/**
 * @asType integer
 * @minimum 1
 * @maximum 1000
 */
export type ReplicaCount = number;

export interface ReplicaRange {
  readonly min: ReplicaCount;
  readonly max: ReplicaCount;
}

/**
 * @pattern ^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$
 * @patternErrorMessage write letters, digits, dots and dashes, 63 at most
 */
export type LabelValue = string;

/**
 * @pattern ^[A-Z_][A-Z0-9_]*$
 * @patternErrorMessage write the name of a variable, such as `AWS_REGION`
 */
export type EnvironmentName = string;

/**
 * @asType integer
 * @minimum 1
 * @maximum 65535
 */
export type PortNumber = number;

export interface ResourcesFile {
  /** What a server is sure to have. Default: a quarter of a core, 192Mi. */
  readonly requests?: ResourceAmounts;
  /** What it never gets more of. Default: one core, 512Mi. */
  readonly limits?: ResourceAmounts;
}

export interface ResourceAmounts {
  /**
   * Cores: `2`, `0.5`, or thousandths as `250m`.
   * @pattern ^(\d+(\.\d{1,3})?|[1-9]\d*m)$
   * @patternErrorMessage write cores as `2` or `0.5`, or thousandths as `250m`
   */
  readonly cpu?: string;
  /**
   * `512Mi`, `2Gi`.
   * @pattern ^[1-9]\d*(Ki|Mi|Gi)$
   * @patternErrorMessage write for example `512Mi`
   */
  readonly memory?: string;
}
