import { nearest } from '../base/index.ts';
import { readStoreUrl } from '../store/index.ts';
import type { DeployDraft } from './check-deploy.ts';
import { checkDeploy } from './check-deploy.ts';
import { versionFailure } from './check-pipeline.ts';
import type { ProvenanceDraft } from './check-provenance.ts';
import { checkProvenance } from './check-provenance.ts';
import { checkShape } from './check-shape.ts';
import type { FileFailure } from './file-failures.ts';
import { mistake } from './file-failures.ts';
import { projectFileSchema } from './schemas/project-schema.ts';
import { listed, shown } from './shape-words.ts';
import type { YamlValue } from './yaml.ts';

interface StageDraft {
  readonly name?: string;
  readonly from?: string;
  readonly promoters?: readonly (string | undefined)[];
  readonly deploy?: DeployDraft;
}

/** Everything that is wrong in `trainyard.yaml`. */
export function checkProject(document: YamlValue): readonly FileFailure[] {
  const version = versionFailure(document, 'project file');
  if (version !== undefined) return [version];
  const { usable, failures } = checkShape(document.value, projectFileSchema, { places: document.places });
  const draft = (usable ?? {}) as {
    readonly store?: string;
    readonly runs?: { readonly branch?: string };
    readonly stages?: readonly (StageDraft | undefined)[];
    readonly provenance?: ProvenanceDraft;
  };
  return [
    ...failures,
    ...checkStore(document, draft.store),
    ...checkBranch(document, draft.runs?.branch),
    ...checkStages(document, draft.stages ?? []),
    ...checkProvenance(document, draft.provenance ?? {}),
  ];
}

function checkStore({ places }: YamlValue, store: string | undefined): readonly FileFailure[] {
  if (store === undefined) return [];
  const read = readStoreUrl(store);
  if (read.ok) return [];
  const { message, remedy } = read.failure;
  const sentence = message.slice(0, 1).toLowerCase() + message.slice(1);
  return [mistake('pipeline-store', sentence, places.place(['store']), remedy?.replace(/^Write/, 'write'))];
}

/** The rules of `git check-ref-format` for the name of a branch. */
function checkBranch({ places }: YamlValue, branch: string | undefined): readonly FileFailure[] {
  if (branch === undefined) return [];
  const bad =
    /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.lock(\/|$)|(^|\/)\.|^\/|\/$|\.$|^-|^@$/.test(branch) ||
    branch.startsWith('refs/');
  if (!bad) return [];
  const message = `${shown(branch)} cannot be the name of a branch`;
  return [
    mistake(
      'pipeline-branch',
      message,
      places.place(['runs', 'branch']),
      'write a name such as `trainyard/runs`',
    ),
  ];
}

function checkStages(
  document: YamlValue,
  stages: readonly (StageDraft | undefined)[],
): readonly FileFailure[] {
  const { places } = document;
  const failures: FileFailure[] = [];
  const before: string[] = [];
  for (const [i, stage] of stages.entries()) {
    const at = ['stages', i];
    const { name, from } = stage ?? {};
    if (name !== undefined && before.includes(name)) {
      failures.push(
        mistake(
          'pipeline-stage',
          `the stage ${shown(name)} stands twice`,
          places.place([...at, 'name']),
          'keep one of them',
        ),
      );
    }
    if (from !== undefined && !before.includes(from))
      failures.push(unknownFrom(from, before, name, places.place([...at, 'from'])));
    for (const [j, promoter] of (stage?.promoters ?? []).entries()) {
      if (promoter === undefined || /^(@[\w-]+(\/[\w.-]+)?|[^@\s]+@[^@\s]+)$/.test(promoter)) continue;
      const remedy =
        'write a user as `@name`, a team as `@organisation/team`, or an address as `name@example.org`';
      failures.push(
        mistake(
          'pipeline-promoter',
          `${shown(promoter)} is neither a user, a team nor an address`,
          places.place([...at, 'promoters', j]),
          remedy,
        ),
      );
    }
    if (stage?.deploy !== undefined) failures.push(...checkDeploy(document, stage.deploy, [...at, 'deploy']));
    if (name !== undefined) before.push(name);
  }
  return failures;
}

function unknownFrom(
  from: string,
  before: readonly string[],
  name: string | undefined,
  place: FileFailure['place'],
): FileFailure {
  const meant = nearest(from, before);
  const message =
    from === name
      ? `the stage ${shown(from)} comes from itself`
      : `no stage ${shown(from)} comes before this one`;
  const list =
    before.length === 0
      ? 'this is the first stage: remove `from`'
      : `stages before it: ${listed(before.map(shown), 'and')}`;
  return mistake('pipeline-stage', message, place, meant === undefined ? list : `did you mean \`${meant}\`?`);
}
