import type { Document, YAMLError } from 'yaml';
import type { FileFailure } from './file-failures.ts';
import { mistake } from './file-failures.ts';
import type { SourceText } from './source.ts';

/** After a mistake of syntax, most that follow are its shadows. */
const mostShown = 10;

/** What the YAML parser found wrong, one failure a line. */
export function syntaxFailures(document: Document.Parsed, source: SourceText): readonly FileFailure[] {
  const lines = new Set<number>();
  const failures: FileFailure[] = [];
  const warnings = document.warnings.filter((warning) => warning.code !== 'TAG_RESOLVE_FAILED');
  for (const error of [...document.errors, ...warnings]) {
    if (failures.length === mostShown) break;
    const failure = failureOf(error, source);
    const line = failure.place!.line!;
    if (lines.has(line)) continue;
    lines.add(line);
    failures.push(failure);
  }
  return failures;
}

function failureOf(error: YAMLError, source: SourceText): FileFailure {
  const place = source.place(error.pos[0], error.pos[1]);
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
  if (error.code === 'BAD_INDENT') return 'line it up with the lines around it';
  return undefined;
}

function sentence(message: string): string {
  const line = message.split('\n', 1)[0]!.trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
