import type { Verification, VerificationCheck } from '../provenance/index.ts';
import type { Canvas } from './canvas.ts';
import type { Block, Line } from './document.ts';
import { line, span } from './document.ts';
import type { MarkdownOptions } from './render-markdown.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderTerminal } from './render-terminal.ts';
import { verdictMark, verdictSpan } from './verdict-words.ts';

/** What `trainyard models verify` prints: every link, and where the first one that does not hold is broken. */
export function verificationText(verification: Verification, canvas: Canvas): string {
  return renderTerminal(blocksOf(verification), canvas);
}

export function verificationMarkdown(verification: Verification, options?: MarkdownOptions): string {
  return renderMarkdown(blocksOf(verification), options);
}

function blocksOf({ verdict, model, digest, checks, attestations }: Verification): readonly Block[] {
  const name = model === undefined ? [] : ['  ', span(model, 'strong')];
  const title = line(verdictMark(verdict), ' ', verdictSpan(verdict), ...name, `  ${digest}`);
  const [first, ...others] = attestations;
  return [
    { kind: 'paragraph', line: title },
    { kind: 'list', items: checks.flatMap(itemsOf) },
    ...(first === undefined || others.length === 0
      ? []
      : [
          {
            kind: 'paragraph' as const,
            line: line(`Spoken of: ${first.path}. Other attestations of these bytes:`),
          },
          {
            kind: 'list' as const,
            items: others.map((other) =>
              line(verdictMark(other.verdict), ' ', other.path, ': ', other.because),
            ),
          },
        ]),
  ];
}

function itemsOf({ check, verdict, because, place }: VerificationCheck): readonly Line[] {
  const said = line(verdictMark(verdict), ' ', span(check, 'term'), ': ', because);
  if (place === undefined || verdict === 'pass') return [said];
  const where = place.field === undefined ? place.file : `${place.file}, ${place.field}`;
  return [
    said,
    line(`  in ${where}`),
    ...(place.expected === undefined ? [] : [line(`  expected ${place.expected}`)]),
    ...(place.found === undefined ? [] : [line(`  found    ${place.found}`)]),
  ];
}
