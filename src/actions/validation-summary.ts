import type { Verdict } from '../base/index.ts';
import type { ValidatedDataset } from '../commands/index.ts';
import { counted, markdownCode, markdownText } from '../report/index.ts';

/** What the validation of some datasets came to, for the page of a job. */
export function validationSummary(verdict: Verdict, datasets: readonly ValidatedDataset[]): string {
  if (datasets.length === 0) return 'No dataset of this pipeline has a contract.\n';
  const sections = datasets.map(({ name, checks: { rows, checks, verdict: own } }) => {
    const broken = checks.filter((check) => check.verdict !== 'pass');
    const head = `**${own}** ${markdownCode(name)}: ${counted(rows, 'row')}, ${counted(checks.length, 'check')}, ${broken.length} not passed\n`;
    if (broken.length === 0) return head;
    const lines = broken.map(
      ({ rule, column, verdict: is, failed, expected, because }) =>
        `| ${is} | ${column === undefined ? '' : markdownCode(column)} | ${rule} | ${markdownText(because ?? expected)} | ${failed} |`,
    );
    return [
      head,
      '| verdict | column | rule | expected | rows that differ |',
      '| --- | --- | --- | --- | ---: |',
      ...lines,
      '',
    ].join('\n');
  });
  return [`### Data: ${verdict}`, '', ...sections].join('\n');
}
