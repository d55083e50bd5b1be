import type { Failure } from '../base/index.ts';
import { nearest } from '../base/index.ts';

export type CommandFailure = Failure<
  | 'commands-dataset-unknown'
  | 'commands-param-malformed'
  | 'commands-pipeline-unknown'
  | 'commands-folder-missing'
  | 'commands-nothing-to-check'
  | 'commands-card-without-run'
  | 'commands-record-changed'
  | 'commands-output-unwritable'
  | 'commands-objects-none'
  | 'commands-version-refused'
  | 'commands-look-timed-out'
  | 'commands-look-broken'
  | 'commands-folder-without-model'
  | 'commands-report-without-run'
  | 'commands-base-unknown'
  | 'commands-model-elsewhere'
>;

export function datasetUnknown(name: string, datasets: readonly string[]): CommandFailure {
  const meant = nearest(name, datasets);
  return {
    code: 'commands-dataset-unknown',
    kind: 'input',
    message: `The pipeline has no dataset \`${name}\``,
    remedy:
      meant === undefined
        ? `Name one of: ${datasets.join(', ') || '(it has none)'}.`
        : `Did you mean \`${meant}\`?`,
  };
}

export function pipelineUnknown(name: string, pipelines: readonly string[]): CommandFailure {
  const meant = nearest(name, pipelines);
  return {
    code: 'commands-pipeline-unknown',
    kind: 'input',
    message: `There is no pipeline \`${name}\` below pipelines/`,
    remedy:
      meant === undefined
        ? `Name one of: ${pipelines.join(', ') || '(there is none)'}.`
        : `Did you mean \`${meant}\`?`,
  };
}

export function paramMalformed(text: string): CommandFailure {
  return {
    code: 'commands-param-malformed',
    kind: 'input',
    message: `\`--param ${text}\` does not say name=value`,
    remedy: 'Write for example `--param trees=300`.',
  };
}

export function folderMissing(folder: string): CommandFailure {
  return {
    code: 'commands-folder-missing',
    kind: 'input',
    message: `There is no folder ${folder}`,
    remedy: 'Name a folder that is there after `-C`.',
  };
}

export function nothingToCheck(root: string): CommandFailure {
  return {
    code: 'commands-nothing-to-check',
    kind: 'input',
    message: `There is no pipeline under ${root}/pipelines, and no trainyard.yaml`,
    remedy: 'Go to the repository, name a file, or write pipelines/<name>/pipeline.yaml.',
  };
}

export function cardWithoutRun(reference: string): CommandFailure {
  return {
    code: 'commands-card-without-run',
    kind: 'input',
    message: `No run is known of ${reference}, so there is nothing to write a card from`,
    remedy: 'Name a version that was registered by Trainyard, or a run: "run:<id>".',
  };
}

export function recordChanged(run: string, tag: string): CommandFailure {
  return {
    code: 'commands-record-changed',
    kind: 'world',
    message: `The record of the run ${run} is not the one that the tag ${tag} names by its digest`,
    remedy: 'See who changed the runs branch: "git log" of it; and bring the record back from there.',
  };
}

export function outputUnwritable(file: string, cause: unknown): CommandFailure {
  return {
    code: 'commands-output-unwritable',
    kind: 'world',
    message: `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'Name another file after --output.',
    cause,
  };
}

export function versionRefused(version: string, because: string): CommandFailure {
  return {
    code: 'commands-version-refused',
    kind: 'verdict',
    message: `${version} may not be served: ${because}`,
    remedy: `Look at it link by link: "trainyard models verify ${version}"; sign for its run, or name another version.`,
  };
}

export function modelElsewhere(model: string, directory: string): CommandFailure {
  const where =
    directory === '.' ? 'the project at the root of the repository' : `the project in ${directory}`;
  return {
    code: 'commands-model-elsewhere',
    kind: 'input',
    message: `${model} belongs to ${where}, whose stages and promoters decide about it`,
    remedy:
      directory === '.'
        ? 'Go to the root of the repository and do it there; on GitHub use the workflow of that project.'
        : `Do it there ("trainyard -C ${directory} ..." from the root); on GitHub use the workflow of that project.`,
  };
}

export function lookTimedOut(milliseconds: number): CommandFailure {
  return {
    code: 'commands-look-timed-out',
    kind: 'world',
    message: `the repository did not answer within ${milliseconds / 1000} s`,
    remedy: 'Look at the network and at the remote; what is served stays meanwhile.',
  };
}

export function lookBroken(cause: unknown): CommandFailure {
  return {
    code: 'commands-look-broken',
    kind: 'world',
    message: `the look broke off: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'What is served stays; report this when it goes on.',
    cause,
  };
}

export function objectsNone(url: string): CommandFailure {
  return {
    code: 'commands-objects-none',
    kind: 'input',
    message: `There is no object ${url}`,
    remedy: 'Look at the bucket, the prefix and the pattern.',
  };
}

export function folderWithoutServable(folder: string, file: string): CommandFailure {
  return {
    code: 'commands-folder-without-model',
    kind: 'input',
    message: `${folder} is a folder without a ${file}, so there is nothing to serve in it`,
    remedy:
      'Name a folder that `trainyard build` or `trainyard export` wrote, a run, or a model with its stage.',
  };
}

export function reportWithoutRun(pipeline: string, commit: string | undefined): CommandFailure {
  return {
    code: 'commands-report-without-run',
    kind: 'input',
    message:
      commit === undefined
        ? 'There is no commit yet, and so no run to report'
        : `No run of ${pipeline} is recorded at the commit that is checked out (${commit.slice(0, 7)})`,
    remedy: `Run it: "trainyard run ${pipeline}"; or name another run: "--run latest".`,
  };
}

export function baseUnknown(name: string): CommandFailure {
  return {
    code: 'commands-base-unknown',
    kind: 'input',
    message: `There is no branch or commit "${name}" to compare with, neither here nor at the remote`,
    remedy: 'Name a branch after --base, or fetch it: "git fetch origin <branch>".',
  };
}
