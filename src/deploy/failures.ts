import type { Digest, Failure } from '../base/index.ts';

export type DeployFailure = Failure<
  | 'deploy-not-assigned'
  | 'deploy-provenance'
  | 'deploy-overtaken'
  | 'deploy-branch-busy'
  | 'deploy-branch-taken'
  | 'deploy-lock-invalid'
  | 'deploy-image-other'
  | 'deploy-image-unsafe'
  | 'deploy-balancer-missing'
  | 'deploy-busy'
  | 'deploy-start-failed'
  | 'deploy-golden-differs'
  | 'deploy-switch-failed'
  | 'deploy-port-taken'
  | 'deploy-not-deployed'
  | 'deploy-key-missing'
  | 'deploy-file-unreadable'
>;

export function notAssigned(wanted: string, stage: string, standing: string): DeployFailure {
  return {
    code: 'deploy-not-assigned',
    kind: 'verdict',
    message: `${wanted} does not stand in ${stage}: ${standing} does`,
    remedy: `Promote it first: trainyard promote '${wanted}' --to ${stage}`,
  };
}

export function provenanceRefused(version: string, because: string): DeployFailure {
  return {
    code: 'deploy-provenance',
    kind: 'verdict',
    message: `${version} is not deployed: ${because}`,
    remedy: `See every link: trainyard models verify '${version}'`,
  };
}

export function overtaken(ours: string, theirs: string, place: string): DeployFailure {
  return {
    code: 'deploy-overtaken',
    kind: 'verdict',
    message: `${ours} is not deployed: ${theirs} is newer, and ${place}`,
    remedy: 'Deploy again: what the stage says now is taken.',
  };
}

export function branchBusy(place: string, tries: number): DeployFailure {
  return {
    code: 'deploy-branch-busy',
    kind: 'world',
    message: `Others wrote to ${place} each of ${tries} times before this did`,
    remedy: 'Deploy again: nothing was written.',
  };
}

export function branchTaken(branch: string, file: string): DeployFailure {
  return {
    code: 'deploy-branch-taken',
    kind: 'input',
    message: `The branch ${branch} holds ${file}, which no deployment wrote`,
    remedy: 'The branch belongs to deployments: move what is on it to another one, and delete it.',
  };
}

export function lockInvalid(file: string, because: string): DeployFailure {
  return {
    code: 'deploy-lock-invalid',
    kind: 'input',
    message: `${file} is no lock of a deployment: ${because}`,
    remedy: 'Deploy with the version of Trainyard that wrote it, or take the commit back that changed it.',
  };
}

export function imageOther(reference: string, because: string): DeployFailure {
  return {
    code: 'deploy-image-other',
    kind: 'verdict',
    message: `${reference} is not deployed: ${because}`,
    remedy:
      'Leave out --image, so that the image is built; or name the one that `trainyard build` made of this version.',
  };
}

export function imageUnsafe(reference: string, because: string): DeployFailure {
  return {
    code: 'deploy-image-unsafe',
    kind: 'verdict',
    message: `${reference} is not deployed: ${because}`,
    remedy: 'Build the image with `trainyard build`, whose user is not root.',
  };
}

export function balancerMissing(stage: string): DeployFailure {
  return {
    code: 'deploy-balancer-missing',
    kind: 'input',
    message: `The stage ${stage} names no image of HAProxy to stand before the servers`,
    remedy:
      'Write `deploy: { balancer: docker.io/library/haproxy@sha256:... }` at the stage in trainyard.yaml.',
  };
}

export function deployBusy(what: string): DeployFailure {
  return {
    code: 'deploy-busy',
    kind: 'world',
    message: `Another process is deploying ${what} on this machine`,
    remedy: 'Wait for it, and deploy again.',
  };
}

export function startFailed(container: string, because: string, image: Digest): DeployFailure {
  return {
    code: 'deploy-start-failed',
    kind: 'verdict',
    message: `${container} does not become ready: ${because}. What ran before still runs`,
    remedy: `Look at what it says when it starts: the image is ${image}.`,
  };
}

export function diedAfterSwitch(container: string, because: string): DeployFailure {
  return {
    code: 'deploy-start-failed',
    kind: 'verdict',
    message: `${container} did not live on when it was sent requests: ${because}. What ran before runs again`,
    remedy: 'Look at its last words, and at `resources` of the stage.',
  };
}

export function notDeployed(model: string, place: string): DeployFailure {
  return {
    code: 'deploy-not-deployed',
    kind: 'input',
    message: `Nothing of ${model} is deployed to ${place}`,
    remedy: 'Look at the name of the model, the stage, and the --target by which it was deployed.',
  };
}

export function portTaken(address: string): DeployFailure {
  return {
    code: 'deploy-port-taken',
    kind: 'world',
    message: `Somebody else listens at ${address} already, where the balancer would. What ran before still runs`,
    remedy: 'Name another port: --port, or `ports` of the stage; `ss -ltnp` says who listens.',
  };
}

/** Variable with a key that may predict, for the golden requests of a deployment. */
export const keyVariable = 'TRAINYARD_DEPLOY_KEY';

export function keyMissing(stage: string): DeployFailure {
  return {
    code: 'deploy-key-missing',
    kind: 'input',
    message: `The servers of ${stage} ask who calls, and there is no key to ask them their golden requests with`,
    remedy: `Set ${keyVariable} to a key that the access file lets predict.`,
  };
}

export function fileUnreadable(setting: string, file: string, cause: unknown): DeployFailure {
  return {
    code: 'deploy-file-unreadable',
    kind: 'input',
    message: `\`${setting}\` of the stage names ${file}, which cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'Put the file there, or name another one in trainyard.yaml.',
    cause,
  };
}

export function goldenDiffers(container: string, because: string): DeployFailure {
  return {
    code: 'deploy-golden-differs',
    kind: 'verdict',
    message: `${container} answers otherwise than the model did when it was packed: ${because}. What ran before still runs`,
    remedy:
      'Build the image again from the version; where it stays so, compare the versions of ONNX Runtime.',
  };
}

export function switchFailed(because: string): DeployFailure {
  return {
    code: 'deploy-switch-failed',
    kind: 'world',
    message: `The balancer did not take the new servers: ${because}. What ran before still runs`,
    remedy: 'Look at the log of the container of the balancer: `docker logs`.',
  };
}
