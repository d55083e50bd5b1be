import type { ModelFile, StageFacts, VersionFacts } from '@format';
import { shellWord } from '@site/parts/shell-word.ts';

/** What people do with a version, as commands; only what the registry would not refuse, as far as the site knows it. */
export function commandsOf(
  { name, stages }: Pick<ModelFile, 'name' | 'stages'>,
  { version, run, archived }: Pick<VersionFacts, 'version' | 'run' | 'archived'>,
): readonly (readonly [what: string, command: string])[] {
  const last = stages.findLast(({ declared }) => declared);
  const model = shellWord(name);
  const one = shellWord(`${name}@${version}`);
  const stage = shellWord(last?.name ?? '');
  const next = archived ? undefined : nextStage(stages, version);
  const to = shellWord(next ?? '');
  return [
    ...(next === undefined
      ? []
      : ([
          [`See whether it may come to ${next}`, `trainyard promote ${one} --to ${to} --dry-run`],
          [`Promote it to ${next}`, `trainyard promote ${one} --to ${to} --why "..."`],
        ] as const)),
    ...(last?.before === undefined
      ? []
      : ([
          [
            `Bring back ${last.before}, which stood in ${last.name} before`,
            `trainyard rollback ${model} --stage ${stage} --why "..."`,
          ],
        ] as const)),
    ...(last?.now === undefined
      ? []
      : ([
          [`Deploy what stands in ${last.name}`, `trainyard deploy ${model} --to ${stage}`],
          [
            `Serve what stands in ${last.name}, whatever that is`,
            `trainyard serve ${shellWord(`${name}#${last.name}`)}`,
          ],
        ] as const)),
    ['Serve it here', `trainyard serve ${one}`],
    ['Score a file', `trainyard predict ${one} --input rows.csv --output answers.csv`],
    ['A folder for a page of your own', `trainyard export ${one} --to web --output public/model`],
    ['Who made it', `trainyard models verify ${one}`],
    ['Its card as Markdown', `trainyard models card ${one}`],
    ...(run === undefined
      ? []
      : [['The same model again', `trainyard runs reproduce ${shellWord(run)}`] as const]),
  ];
}

/** The furthest stage on the way to the last one that the order of stages lets a version come to; none when it is there. */
function nextStage(stages: readonly StageFacts[], version: string): string | undefined {
  const declared = new Map(stages.filter((stage) => stage.declared).map((stage) => [stage.name, stage]));
  let stage = [...declared.values()].at(-1);
  // A way is no longer than there are stages, whatever a file says of where they come from.
  for (let i = 0; stage !== undefined && i < declared.size; i++) {
    if (stage.now?.version === version) return undefined;
    if (stage.from === undefined || stage.ready?.includes(version)) return stage.name;
    stage = declared.get(stage.from);
  }
  return undefined;
}
