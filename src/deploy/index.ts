export type {
  BranchChange,
  BranchNote,
  BranchView,
  DeployBranch,
  DeployBranchOptions,
  Written,
} from './branch/deploy-branch.ts';
export { openDeployBranch } from './branch/deploy-branch.ts';
export type { Removal } from './branch/remove-deployment.ts';
export { decideRemoval, noteOfRemoval } from './branch/remove-deployment.ts';
export type { DeploymentFiles } from './branch/write-deployment.ts';
export { branchOfStage, decideChange, noteOf, renderDeployment } from './branch/write-deployment.ts';
export type {
  Assignment,
  DeployedImage,
  DeployedLineage,
  Deployment,
  LogNeeds,
  RenderedFile,
} from './deployment.ts';
export { imageReference } from './deployment.ts';
export { dockerEngine } from './docker/engine.ts';
export type { GoldenQuestions } from './docker/golden.ts';
export { placeName } from './docker/labels.ts';
export { rollOut } from './docker/rollout.ts';
export type { Rollout, RolloutOptions, RolloutStep, RolloutWorld } from './docker/rollout-world.ts';
export { sentenceOfStep } from './docker/step-sentence.ts';
export { takeDown } from './docker/take-down.ts';
export type { DeployFailure } from './failures.ts';
export {
  balancerMissing,
  deployBusy,
  fileUnreadable,
  imageOther,
  keyMissing,
  keyVariable,
  notAssigned,
  overtaken,
  provenanceRefused,
} from './failures.ts';
export type {
  BuiltImage,
  ContextFacts,
  DraftContext,
  DraftImage,
  ImageBase,
  ImageFailure,
  ImageModel,
  ImageName,
  ImagePlatform,
  ImageRequest,
  ImageSize,
  PushedImage,
} from './image/index.ts';
export {
  defaultBase,
  draftContext,
  draftImage,
  imageFolderTaken,
  imageName,
  imagePlatform,
  imageUnwritable,
  keepBase,
  layoutFolder,
  loadIntoDocker,
  provenanceWrong,
  pushImage,
  readBuiltImage,
  readImageName,
  registryMissing,
  repositoryOf,
  runDocker,
  writeContext,
  writeImage,
} from './image/index.ts';
export type { DeploymentLock } from './lock/lock.ts';
export { readLock } from './lock/lock-text.ts';
export { lockFolder } from './lock/make-lock.ts';
export { logNeeds } from './log-needs.ts';
export type { RegistryImage } from './registry-image.ts';
export { problemOfImage, readRegistryImage } from './registry-image.ts';
export type { StageSettings } from './settings.ts';
export { addressOf, stageSettings } from './settings.ts';
