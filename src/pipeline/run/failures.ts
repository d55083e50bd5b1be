import type { Failure } from '../../base/index.ts';
import { nearest } from '../../base/index.ts';

/** What can go wrong while a plan is executed. */
export type RunFailureCode =
  | 'pipeline-bash-missing'
  | 'pipeline-start-failed'
  | 'pipeline-command-failed'
  | 'pipeline-step-killed'
  | 'pipeline-step-timeout'
  | 'pipeline-step-broken'
  | 'pipeline-out-missing'
  | 'pipeline-out-outside'
  | 'pipeline-out-not-a-file'
  | 'pipeline-model-not-onnx'
  | 'pipeline-metrics-invalid'
  | 'pipeline-input-missing'
  | 'pipeline-input-lost'
  | 'pipeline-step-elsewhere'
  | 'pipeline-results-unusable'
  | 'pipeline-folder-unusable';

export type RunFailure = Failure<RunFailureCode>;

export function bashMissing(cause: NodeJS.ErrnoException): RunFailure {
  return {
    code: 'pipeline-bash-missing',
    kind: 'world',
    message: 'Commands of `run:` steps need bash, and it is not on the PATH',
    remedy: 'Install bash, or use built-in steps.',
    cause,
  };
}

export function startFailed(cause: NodeJS.ErrnoException): RunFailure {
  return {
    code: 'pipeline-start-failed',
    kind: 'world',
    message: `The process of the step could not be started: ${cause.message}`,
    remedy: 'Check that the folder of the pipeline exists, and the limits of this machine.',
    cause,
  };
}

export function commandFailed(code: number): RunFailure {
  return {
    code: 'pipeline-command-failed',
    kind: 'world',
    message: `The command ended with exit code ${code}`,
    remedy: hints[code] ?? 'The log of the step says why; mend the command and run again.',
  };
}

const hints: Readonly<Record<number, string>> = {
  126: 'A file that the command names is not executable: `chmod +x` it, or call it by its interpreter.',
  127: 'A program that the command names is not on the PATH: install it, or correct its name.',
  137: 'The process was killed, mostly for using too much memory: give it more, or less data.',
};

export function stepKilled(signal: string): RunFailure {
  return {
    code: 'pipeline-step-killed',
    kind: 'world',
    message: `The process of the step was ended by ${signal}`,
    remedy:
      signal === 'SIGKILL'
        ? 'Mostly the system ends a process so for using too much memory: give it more, or less data.'
        : 'Run again; when it happens again, look for what sent the signal.',
  };
}

export function stepTimeout(minutes: number): RunFailure {
  return {
    code: 'pipeline-step-timeout',
    kind: 'world',
    message: `The step took longer than ${minutes} minute${minutes === 1 ? '' : 's'} and was ended`,
    remedy: 'Raise `timeout-minutes`, or make the step faster.',
  };
}

/** A built-in step that ended without a result and without saying why. */
export function stepBroken(uses: string, end: string): RunFailure {
  return {
    code: 'pipeline-step-broken',
    kind: 'world',
    message: `The built-in step ${uses} broke: ${end}`,
    remedy: 'This is a bug in Trainyard; please report it with the log of the step.',
  };
}

export function outMissing(name: string, file: string, written: readonly string[]): RunFailure {
  const near = nearest(file, written);
  const list = written.length === 0 ? 'it wrote nothing there' : `it wrote ${written.slice(0, 5).join(', ')}`;
  return {
    code: 'pipeline-out-missing',
    kind: 'input',
    message: `The command succeeded, but did not write its output \`${name}\` to $TRAINYARD_OUT/${file}; ${list}`,
    remedy:
      near === undefined
        ? `Write it to "$TRAINYARD_OUT/${file}", or correct \`outs:\`.`
        : `Did you mean \`${near}\` under \`outs:\`?`,
  };
}

export function outOutside(name: string, file: string): RunFailure {
  return {
    code: 'pipeline-out-outside',
    kind: 'input',
    message: `The output \`${name}\` (${file}) is a link to a place outside of $TRAINYARD_OUT`,
    remedy: 'Copy the file there instead of linking it.',
  };
}

export function outNotAFile(name: string, file: string): RunFailure {
  return {
    code: 'pipeline-out-not-a-file',
    kind: 'input',
    message: `The output \`${name}\` (${file}) is not a file`,
    remedy: 'Write one file; put a folder into an archive (`tar -cf`).',
  };
}

export function modelNotOnnx(file: string, cause: Failure): RunFailure {
  return {
    code: 'pipeline-model-not-onnx',
    kind: 'input',
    message: `The output \`model\` (${file}) is no ONNX model that can be used: ${cause.message}`,
    remedy: cause.remedy ?? 'Convert it (skl2onnx, torch.onnx, …), or give the output another name.',
    cause,
  };
}

export function metricsInvalid(file: string, why: string): RunFailure {
  return {
    code: 'pipeline-metrics-invalid',
    kind: 'input',
    message: `The output \`metrics\` (${file}) is no JSON object of numbers: ${why}`,
    remedy: 'Write an object such as {"train": {"loss": 0.1}}; NaN and infinity have no JSON form.',
  };
}

export function inputMissing(step: string, input: string): RunFailure {
  return {
    code: 'pipeline-input-missing',
    kind: 'input',
    message: `\`${step}\` reads ${input}, which was not made`,
    remedy: 'Let the step that makes it run, or give this one an `if:`.',
  };
}

export function inputLost(input: string, cause: Failure): RunFailure {
  return {
    code: 'pipeline-input-lost',
    kind: 'world',
    message: `${input} could not be taken from the store: ${cause.message}`,
    remedy: cause.remedy ?? 'Run again.',
    cause,
  };
}

export function folderUnusable(folder: string, cause: unknown): RunFailure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return {
    code: 'pipeline-folder-unusable',
    kind: 'world',
    message: `${folder} cannot be used: ${why}`,
    remedy: 'Free space or mend the permissions of the folder, then run again.',
    cause,
  };
}

export function stepElsewhere(step: string, runsOn: readonly string[]): RunFailure {
  const where = runsOn.length === 0 ? 'another job' : `a job on ${runsOn.join(', ')}`;
  return {
    code: 'pipeline-step-elsewhere',
    kind: 'world',
    message: `\`${step}\` is for ${where}, and its result is not here`,
    remedy: 'Let that job succeed first, and hand its results to this one; its log says what went wrong.',
  };
}

export function resultsUnusable(file: string, why: string): RunFailure {
  return {
    code: 'pipeline-results-unusable',
    kind: 'input',
    message: `${file} is no result that another job handed over: ${why}`,
    remedy: 'Hand over the folder as the other job wrote it, made by the same version of Trainyard.',
  };
}
