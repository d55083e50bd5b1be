import type { Failure } from '../base/index.ts';
import { nearest } from '../base/index.ts';
import type { GitFailure } from '../git/index.ts';

export type RegistryFailure = Failure<`registry-${string}`> | GitFailure;

export function modelNameInvalid(name: string, problem: string): RegistryFailure {
  return {
    code: 'registry-model-name-invalid',
    kind: 'input',
    message: `${JSON.stringify(name)} cannot be the name of a model: ${problem}`,
    remedy: 'Use lower-case letters and digits with single dashes between, for example "heart-disease".',
  };
}

export function stageNameInvalid(name: string, problem: string): RegistryFailure {
  return {
    code: 'registry-stage-name-invalid',
    kind: 'input',
    message: `${JSON.stringify(name)} cannot be the name of a stage: ${problem}`,
    remedy:
      'Use lower-case letters and digits with single dashes between, for example "production"; stages are declared under "stages:" in trainyard.yaml.',
  };
}

export function versionNameInvalid(name: string, problem: string): RegistryFailure {
  return {
    code: 'registry-version-name-invalid',
    kind: 'input',
    message: `${JSON.stringify(name)} cannot be the name of a version: ${problem}`,
    remedy: 'Write it as "v1.4.0" or "v2.0.0-rc.1".',
  };
}

export function eventInvalid(problem: string): RegistryFailure {
  return {
    code: 'registry-event-invalid',
    kind: 'world',
    message: `The event does not have the form of a registry event, so it was not written: ${problem}`,
    remedy: 'This is a mistake of Trainyard: report it with the message.',
  };
}

export function eventIllegal(tag: string, problem: string): RegistryFailure {
  return {
    code: 'registry-event-illegal',
    kind: 'input',
    message: `${tag} would count for nothing, so it was not written: ${problem}`,
    remedy: 'See how the model stands with "trainyard models show <model>", and choose again.',
  };
}

export function tagTaken(tag: string): RegistryFailure {
  return {
    code: 'registry-tag-taken',
    kind: 'input',
    message: `There is a tag ${tag} already`,
    remedy:
      'What is registered never changes: choose the next version, or leave out the number and let it be chosen.',
  };
}

export function unknownModel(name: string, models: readonly string[]): RegistryFailure {
  const meant = nearest(name, models);
  return {
    code: 'registry-model-unknown',
    kind: 'input',
    message: `No model is registered as "${name}"`,
    remedy:
      meant === undefined
        ? models.length === 0
          ? 'Register the first version: "trainyard register <model>". In a fresh clone, fetch the tags: "git fetch --tags".'
          : `Name one of: ${some(models)}.`
        : `Did you mean "${meant}"?`,
  };
}

export function unknownVersion(model: string, name: string, versions: readonly string[]): RegistryFailure {
  const meant = versions.includes(`v${name}`) ? `v${name}` : nearest(name, versions);
  return {
    code: 'registry-version-unknown',
    kind: 'input',
    message: `${model} has no version ${name}`,
    remedy:
      meant === undefined
        ? versions.length === 0
          ? `Register the first one: "trainyard register ${model}".`
          : `Name one of: ${some(versions)}.`
        : `Did you mean "${model}@${meant}"?`,
  };
}

export function versionForeign(model: string, name: string): RegistryFailure {
  return {
    code: 'registry-version-foreign',
    kind: 'input',
    message: `${model} ${name} was not registered by Trainyard, so nobody knows which bytes it is`,
    remedy: `Register the model of a run: "trainyard register ${model}".`,
  };
}

export function noVersion(model: string): RegistryFailure {
  return {
    code: 'registry-no-version',
    kind: 'input',
    message: `${model} has no version that Trainyard registered and that is not archived`,
    remedy: `See its versions with "trainyard models show ${model}", or register one: "trainyard register ${model}".`,
  };
}

export function stageEmpty(model: string, stage: string, stages: readonly string[]): RegistryFailure {
  const meant = stages.includes(stage) ? undefined : nearest(stage, stages);
  return {
    code: 'registry-stage-empty',
    kind: 'input',
    message: `No version of ${model} stands in ${stage}`,
    remedy:
      meant === undefined
        ? stages.length === 0
          ? `Promote one: "trainyard promote ${model} --to ${stage}".`
          : `Versions stand in ${some(stages)}; promote one: "trainyard promote ${model} --to ${stage}".`
        : `Did you mean "${model}#${meant}"?`,
  };
}

export function stageUnknown(stage: string, stages: readonly string[]): RegistryFailure {
  const meant = nearest(stage, stages);
  return {
    code: 'registry-stage-unknown',
    kind: 'input',
    message: `There is no stage ${JSON.stringify(stage)}, and no version ever stood in one`,
    remedy:
      meant !== undefined
        ? `Did you mean "${meant}"?`
        : stages.length === 0
          ? 'Declare it under "stages:" in trainyard.yaml.'
          : `Name one of: ${some(stages)}.`,
  };
}

export function referenceInvalid(reference: string, problem: string): RegistryFailure {
  return {
    code: 'registry-reference-invalid',
    kind: 'input',
    message: `${JSON.stringify(reference)} names no model: ${problem}`,
    remedy:
      'Write a model ("heart-disease"), a version ("heart-disease@v1.4.0"), a stage ("heart-disease#production"), a run ("run:<id>"), or the path of an .onnx file.',
  };
}

export function runWithoutModel(run: string): RegistryFailure {
  return {
    code: 'registry-run-without-model',
    kind: 'input',
    message: `The run ${run} chose no model`,
    remedy: 'Name a run that succeeded: "trainyard runs list".',
  };
}

export function modelFileMissing(path: string): RegistryFailure {
  return {
    code: 'registry-model-file-missing',
    kind: 'input',
    message: `There is no model file ${path} that can be read`,
    remedy: 'Name an .onnx file that is there, or a registered model.',
  };
}

export function noRepository(folder: string): RegistryFailure {
  return {
    code: 'registry-no-repository',
    kind: 'input',
    message: `${folder} is in no Git repository, and models are registered in its tags`,
    remedy: 'Run "git init" and commit, go to a clone, or name a repository: "--repo <url or path>".',
  };
}

export function timeInvalid(text: string): RegistryFailure {
  return {
    code: 'registry-time-invalid',
    kind: 'input',
    message: `${JSON.stringify(text)} is no day and no time`,
    remedy: 'Write a day ("2026-03-01": its end, in UTC) or a time ("2026-03-01T12:00Z").',
  };
}

function some(names: readonly string[]): string {
  return names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')}, …`;
}
