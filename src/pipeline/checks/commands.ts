import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import { instancesOf, mostInstances } from '../matrix.ts';
import { shown } from '../shape-words.ts';
import type { Check, Checking, Placed, StepDraft } from './checking.ts';
import { declares, members, steps, textsAt, unknownDataset, unknownName } from './checking.ts';

/** What `run:` steps ask for, and matrices. */
export const checkCommands: Check = (checking) =>
  steps(checking).flatMap(([name, step]) => [
    ...matrix(checking, name, step),
    ...(step.run === undefined ? [] : command(checking, name, step)),
  ]);

function command(checking: Checking, name: string, step: StepDraft): readonly FileFailure[] {
  const at = ['steps', name];
  const { places } = checking;
  const datasets = textsAt(step.data, [...at, 'data']).filter(
    ({ value }) => !declares(checking, 'data', value),
  );
  const params = textsAt(step.params, [...at, 'params']).filter(
    ({ value }) => !declares(checking, 'params', value),
  );
  const empty =
    step.run!.trim() === ''
      ? [mistake('pipeline-value-empty', '`run` is an empty text', places.place([...at, 'run']))]
      : [];
  return [
    ...empty,
    ...datasets.map((one) => unknownDataset(checking, one)),
    ...params.map((one) => unknownParam(checking, one)),
    ...members(step.env).flatMap(([variable, value]) =>
      environment(checking, { value: variable, path: [...at, 'env', variable] }, value),
    ),
    ...textsAt(step.secrets, [...at, 'secrets']).flatMap((secret) => secretName(checking, secret)),
  ];
}

function unknownParam({ draft, places }: Checking, { value, path }: Placed<string>): FileFailure {
  return unknownName(
    'pipeline-param-unknown',
    `there is no param ${shown(value)}`,
    value,
    Object.keys(draft.params ?? {}),
    {
      place: places.place(path),
      none: 'declare it under `params:`',
      plural: 'params',
    },
  );
}

function environment(
  { places }: Checking,
  { value: variable, path }: Placed<string>,
  value: unknown,
): readonly FileFailure[] {
  if (typeof value === 'string' && looksLikeSecret(value)) {
    const message = `the value of ${shown(variable)} looks like a secret`;
    const remedy = `revoke it, list ${shown(variable)} under \`secrets:\`, and set it in the environment`;
    return [mistake('pipeline-secret-value', message, places.keyPlace(path), remedy)];
  }
  return isReserved(variable) ? [reserved(variable, places.keyPlace(path))] : [];
}

function secretName({ places }: Checking, { value, path }: Placed<string>): readonly FileFailure[] {
  const place = places.place(path);
  if (looksLikeSecret(value)) {
    const message = 'this looks like the secret itself; names of environment variables stand here';
    return [
      mistake(
        'pipeline-secret-value',
        message,
        place,
        'revoke it, and write the name of the variable that holds it',
      ),
    ];
  }
  return isReserved(value) ? [reserved(value, place)] : [];
}

function isReserved(variable: string): boolean {
  return /^TRAINYARD_/i.test(variable);
}

function reserved(variable: string, place: FileFailure['place']): FileFailure {
  const message = `the environment variable ${shown(variable)} is set by Trainyard itself`;
  return mistake('pipeline-env-reserved', message, place, 'use a name that does not start with TRAINYARD_');
}

/** Tokens of well-known services, private keys, and long texts that mix what names do not. */
function looksLikeSecret(text: string): boolean {
  if (
    /^(gh[opsur]_[A-Za-z0-9]{20}|github_pat_|AKIA[0-9A-Z]{12}|xox[abp]-|sk-[A-Za-z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY)/.test(
      text,
    )
  )
    return true;
  return (
    /^[A-Za-z0-9+/=_-]{32,}$/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text)
  );
}

function matrix({ places }: Checking, name: string, step: StepDraft): readonly FileFailure[] {
  const values = members(step.matrix);
  const path = ['steps', name, 'matrix'];
  const count = instancesOf(Object.fromEntries(values));
  if (count > mostInstances) {
    const message = `the matrix has ${count} combinations; at most ${mostInstances} are run`;
    return [mistake('pipeline-matrix-large', message, places.keyPlace(path), 'split the step')];
  }
  return values.flatMap(([key, list]) => {
    const seen = new Set<string>();
    return list.flatMap((value, i) => {
      if (value === undefined) return [];
      const again = seen.has(String(value));
      seen.add(String(value));
      return again
        ? [
            mistake(
              'pipeline-matrix-twice',
              `${shown(value)} stands twice in ${shown(key)}`,
              places.place([...path, key, i]),
              'keep one of them',
            ),
          ]
        : [];
    });
  });
}
