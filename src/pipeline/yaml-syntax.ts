import type { Document, YAMLError } from 'yaml';
import type { FileFailure } from './file-failures.ts';
import { mistake } from './file-failures.ts';
import { lowerFirst } from './shape-words.ts';
import type { SourceText } from './source.ts';

const mostShown = 10;
/** What the parser finds wrong within so many lines of a mistake is most often its shadow. */
const shadow = 3;

/** What the YAML parser found wrong, without what only follows from it. */
export function syntaxFailures(document: Document.Parsed, source: SourceText): readonly FileFailure[] {
  let last = Number.NEGATIVE_INFINITY;
  const failures: FileFailure[] = [];
  const warnings = document.warnings.filter((warning) => warning.code !== 'TAG_RESOLVE_FAILED');
  for (const error of [...document.errors, ...warnings]) {
    if (failures.length === mostShown) break;
    const failure = failureOf(error, source);
    const line = failure.place!.line!;
    if (Math.abs(line - last) > shadow) failures.push(failure);
    last = line;
  }
  return failures;
}

function failureOf(error: YAMLError, source: SourceText): FileFailure {
  const blank =
    error.code === 'TAB_AS_INDENT' ? 0 : /^[ \t]*(?=\S)/.exec(source.text.slice(error.pos[0]))?.[0].length;
  const start = error.pos[0] + (blank ?? 0);
  const place = source.place(start, Math.max(error.pos[1], start + 1));
  switch (error.code) {
    case 'RESOURCE_EXHAUSTION':
      return mistake('pipeline-yaml-deep', 'values are nested too deeply to be read', place);
    case 'MULTIPLE_DOCS':
      return mistake(
        'pipeline-yaml-documents',
        'a second document starts here',
        place,
        'keep one document a file: remove the `---`',
      );
    case 'TAB_AS_INDENT':
      return mistake(
        'pipeline-yaml-syntax',
        'a tab cannot indent a line of YAML',
        place,
        'indent with spaces',
      );
    case 'BAD_ALIAS':
      return mistake('pipeline-yaml-alias', sentence(error.message), place);
    default:
      return mistake('pipeline-yaml-syntax', sentence(error.message), place, remedyOf(error));
  }
}

function remedyOf(error: YAMLError): string | undefined {
  if (error.code === 'BAD_SCALAR_START') return 'put the text in quotes';
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY')
    return 'put a text that holds `: ` in quotes, or start a new line';
  if (error.message.startsWith('Comments must be separated'))
    return 'put a text that holds `#` in quotes; before a comment, write a space';
  if (error.code === 'BAD_INDENT') return 'line it up with the lines around it';
  return undefined;
}

function sentence(message: string): string {
  const line = message
    .split('\n', 1)[0]!
    .trim()
    .replace(/closing (['"])quote/i, 'closing `$1`');
  return lowerFirst(line).replace(/\.$/, '');
}
