export { keepBase } from './base-image.ts';
export type { DraftContext, DraftImage, ImageRequest } from './build-image.ts';
export { draftContext, draftImage } from './build-image.ts';
export type {
  BuiltImage,
  ContextFacts,
  ImageBase,
  ImageModel,
  ImagePlatform,
  ImageSize,
} from './built-image.ts';
export { loadIntoDocker, runDocker } from './docker.ts';
export type { ImageFailure } from './failures.ts';
export {
  imageFolderTaken,
  imageName,
  imagePlatform,
  imageUnwritable,
  provenanceWrong,
  registryMissing,
} from './failures.ts';
export type { ImageName } from './image-name.ts';
export { readImageName, repositoryOf } from './image-name.ts';
export { defaultBase } from './image-paths.ts';
export type { PushedImage } from './push.ts';
export { layoutFolder, pushImage } from './push.ts';
export { readBuiltImage } from './read-image.ts';
export { writeContext, writeImage } from './write-image.ts';
