/**
 * The hidden line by which the comment of a pipeline is found again. Whatever the name, the comment ends where it should:
 * everything but letters, digits and single dashes is written by its number.
 */
export function reportMarker(pipeline: string): string {
  return `<!-- trainyard:report pipeline=${markerName(pipeline)} -->`;
}

/** The same for what was decided about a stage of a model. */
export function promotionMarker(model: string, stage: string): string {
  return `<!-- trainyard:promotion model=${markerName(model)} stage=${markerName(stage)} -->`;
}

function markerName(text: string): string {
  return [...text.slice(0, 200)]
    .map((character, at, all) => {
      const isPlain = /^[A-Za-z0-9]$/.test(character) || (character === '-' && all[at - 1] !== '-' && at > 0);
      return isPlain && !(character === '-' && at === all.length - 1) ? character : encoded(character);
    })
    .join('');
}

function encoded(character: string): string {
  return [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
