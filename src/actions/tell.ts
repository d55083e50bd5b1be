import type { Failure } from '../base/index.ts';
import type { Effects } from '../commands/index.ts';
import { commentPromotion, releaseVersion } from '../commands/index.ts';
import type { PromotionNews } from '../report/index.ts';
import type { Annotation } from './action.ts';

type Say = (text: string) => void;

/** Writes the releases of versions; what was decided stands, also where one of them could not be written. */
export async function tellReleases(
  references: readonly string[],
  effects: Effects,
  say: Say,
): Promise<readonly Annotation[]> {
  const warnings: Annotation[] = [];
  for (const reference of references) {
    const kept = await releaseVersion(reference, effects);
    if (kept.ok) say(`release of ${reference}: ${kept.value.kind}, ${kept.value.url}`);
    else warnings.push(...kept.failure.map((each) => warningOf(`The release of ${reference}`, each)));
  }
  return warnings;
}

/** Says on the pull request what was decided; a right that is missing is no reason to fail. */
export async function tellComment(
  news: PromotionNews,
  effects: Effects,
  say: Say,
): Promise<readonly Annotation[]> {
  const told = await commentPromotion(news, effects);
  if (!told.ok) return told.failure.map((each) => warningOf('The comment on the pull request', each));
  const kept = told.value;
  if (kept === undefined) say(`no pull request brought ${news.model} ${news.name}`);
  else if (kept.kind !== 'none') say(`comment on the pull request: ${kept.kind}, ${kept.url}`);
  return [];
}

function warningOf(what: string, { message, remedy }: Failure): Annotation {
  return {
    level: 'warning',
    title: `${what} was not written`,
    message: remedy === undefined ? message : `${message}. ${remedy}`,
  };
}
