import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findPipeline, loadPipeline } from '../../pipeline/index.ts';
import type { ModelState } from '../../registry/index.ts';
import type { ModelCardFacts } from '../../report/index.ts';
import { readOwnerNotes } from '../../report/index.ts';
import type { SiteSources } from '../sources.ts';

/**
 * What the owner of a pipeline says of its models, as it stands in the work tree now: notes for the card, and which
 * columns are personal data. Where the pipeline is gone or broken nothing is said; the records know of such columns, too.
 */
export async function ownerOf(
  { root }: SiteSources,
  { versions, model }: ModelState,
): Promise<Pick<ModelCardFacts, 'notes' | 'personal'>> {
  const registered = versions.map((version) => version.registered).find((tag) => 'event' in tag);
  const name = registered !== undefined && 'event' in registered ? registered.event.pipeline : model;
  const file = findPipeline(root, name);
  const pipeline = file.ok ? await loadPipeline({ root, file: file.value }) : undefined;
  if (pipeline?.ok !== true) return { personal: new Set() };
  const { contracts, path } = pipeline.value;
  const personal = new Set(
    [...contracts.values()].flatMap(({ columns }) =>
      columns.filter((column) => column.personal).map((column) => column.name),
    ),
  );
  const notes = join(dirname(path), 'model-card.md');
  const said = await readFile(join(root, notes), 'utf8').catch(() => undefined);
  const read = said === undefined ? undefined : readOwnerNotes(notes, said);
  return { personal, ...(read?.ok === true ? { notes: read.value } : {}) };
}
