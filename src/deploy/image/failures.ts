import type { Digest, Failure } from '../../base/index.ts';

export type ImageFailure = Failure<
  | 'deploy-image-name'
  | 'deploy-image-platform'
  | 'deploy-image-provenance'
  | 'deploy-image-server-missing'
  | 'deploy-image-unwritable'
  | 'deploy-image-folder-taken'
  | 'deploy-image-unreadable'
  | 'deploy-image-registry-missing'
  | 'deploy-base-unsupported'
  | 'deploy-base-platform'
  | 'deploy-registry-unreachable'
  | 'deploy-registry-denied'
  | 'deploy-registry-not-found'
  | 'deploy-registry-broken'
  | 'deploy-docker-missing'
  | 'deploy-docker-failed'
>;

export function imageName(text: string, because: string): ImageFailure {
  return {
    code: 'deploy-image-name',
    kind: 'input',
    message: `\`${text}\` cannot name an image: ${because}`,
    remedy: 'Write for example `registry.example.org/team/heart-disease:v1.4.0`, in lower-case letters.',
  };
}

export function imagePlatform(platform: string): ImageFailure {
  return {
    code: 'deploy-image-platform',
    kind: 'input',
    message: `There is no image for the platform \`${platform}\``,
    remedy: 'Name `linux/amd64` or `linux/arm64`: ONNX Runtime comes for these.',
  };
}

export function provenanceWrong(reference: string, because: string): ImageFailure {
  return {
    code: 'deploy-image-provenance',
    kind: 'verdict',
    message: `${reference} is not built: ${because}`,
    remedy: `See every link: trainyard models verify '${reference}'`,
  };
}

export function serverMissing(file: string): ImageFailure {
  return {
    code: 'deploy-image-server-missing',
    kind: 'world',
    message: `${file} is missing, which belongs to every installation of Trainyard`,
    remedy: 'Install Trainyard again; in its own repository: `npm run build`.',
  };
}

export function imageUnwritable(folder: string, cause: unknown): ImageFailure {
  return {
    code: 'deploy-image-unwritable',
    kind: 'world',
    message: `${folder} cannot be written: ${messageOf(cause)}`,
    remedy: 'Look at the rights of the folder and the space on the disk, or name another one after --output.',
    cause,
  };
}

export function imageFolderTaken(folder: string, because: string): ImageFailure {
  return {
    code: 'deploy-image-folder-taken',
    kind: 'input',
    message: `${folder} is not written: ${because}`,
    remedy: 'Name another folder after --output: one that is empty, or that `trainyard build` wrote.',
  };
}

export function imageUnreadable(file: string, because: string): ImageFailure {
  return {
    code: 'deploy-image-unreadable',
    kind: 'input',
    message: `${file} tells of no image: ${because}`,
    remedy: 'Name a folder that `trainyard build` of this version wrote.',
  };
}

export function registryMissing(repository: string): ImageFailure {
  return {
    code: 'deploy-image-registry-missing',
    kind: 'input',
    message: `\`${repository}\` names no registry, so there is nowhere to push to`,
    remedy:
      'Write `image: { registry: registry.example.org/team }` in trainyard.yaml, or give a --tag with a host.',
  };
}

export function baseUnsupported(base: string, because: string): ImageFailure {
  return {
    code: 'deploy-base-unsupported',
    kind: 'input',
    message: `${base} cannot be a base: ${because}`,
    remedy: 'Set `image: { base: ... }` in trainyard.yaml to an image of Debian with Node, by tag or digest.',
  };
}

export function basePlatform(base: string, platform: string): ImageFailure {
  return {
    code: 'deploy-base-platform',
    kind: 'input',
    message: `${base} does not exist for ${platform}`,
    remedy: 'Name another platform after --platform, or another base in trainyard.yaml.',
  };
}

export function registryUnreachable(host: string, cause: unknown): ImageFailure {
  return {
    code: 'deploy-registry-unreachable',
    kind: 'world',
    message: `The registry ${host} cannot be reached: ${messageOf(cause)}`,
    remedy: 'Look at the network, and at HTTPS_PROXY; or name another registry in trainyard.yaml.',
    cause,
  };
}

/** A failure of the registry of a base, with what helps there: nobody has to be able to reach just that one. */
export function ofBase(base: string, failure: ImageFailure): ImageFailure {
  if (!failure.code.startsWith('deploy-registry-')) return failure;
  const other =
    'name a base within reach: --base <image> of `trainyard build`, or `image: { base: ... }` in trainyard.yaml';
  const remedies: Partial<Record<ImageFailure['code'], string>> = {
    'deploy-registry-unreachable': `Look at the network and at HTTPS_PROXY, or ${other}. A base that is named by its digest (<image>@sha256:...) is not asked for again once it was fetched, and never for --context-only and --dry-run.`,
    'deploy-registry-denied': `${failure.remedy} Or ${other}.`,
    'deploy-registry-not-found': `Look at the name, tag and registry of the base, or ${other}.`,
  };
  const remedy = remedies[failure.code] ?? failure.remedy;
  return {
    ...failure,
    message: `The base ${base} cannot be looked up: ${failure.message}`,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

export function registryDenied(host: string, what: string): ImageFailure {
  return {
    code: 'deploy-registry-denied',
    kind: 'input',
    message: `The registry ${host} does not let you ${what}`,
    remedy: `Log in: \`docker login ${host}\`; the same file is read here. And look at your rights there.`,
  };
}

export function registryNotFound(name: string): ImageFailure {
  return {
    code: 'deploy-registry-not-found',
    kind: 'input',
    message: `There is no image ${name}`,
    remedy: 'Look at its name, tag and registry.',
  };
}

export function registryBroken(host: string, because: string): ImageFailure {
  return {
    code: 'deploy-registry-broken',
    kind: 'world',
    message: `The registry ${host} does not answer as registries do: ${because}`,
    remedy: 'Try again; then look at the log of the registry.',
  };
}

export function blobWrong(host: string, expected: Digest): ImageFailure {
  return registryBroken(host, `what it sends for ${expected} has another digest`);
}

export function dockerMissing(): ImageFailure {
  return {
    code: 'deploy-docker-missing',
    kind: 'world',
    message: 'There is no program `docker` on the PATH to load the image into',
    remedy:
      'Install Docker, or build with --push (to a registry) or --context-only (the folder alone): neither needs it.',
  };
}

export function dockerFailed(what: string, output: string): ImageFailure {
  return {
    code: 'deploy-docker-failed',
    kind: 'world',
    message: `${what} failed: ${output.trim().split('\n').slice(-3).join(' ') || 'without a word'}`,
    remedy: 'Look whether its daemon runs (`docker version`), and at DOCKER_HOST.',
  };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
