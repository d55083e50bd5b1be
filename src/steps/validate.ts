import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Result, Verdict } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { CheckResult, Contract, ContractVerdict } from '../contract/index.ts';
import { checkDataset, contractMissing } from '../contract/index.ts';
import { loadContract, resolveSources } from '../data/index.ts';
import { openSession } from '../sql/index.ts';
import type { StepCall, ValidateRequest } from './request.ts';
import { writeJson } from './write-json.ts';

/** Failing rows that are said of each check; all of them, at most 10, are in the file. */
const saidExamples = 3;

/** Checks a dataset against its contract, and writes what it found into `verdict.json`. */
export async function validate(
  { dataset }: ValidateRequest,
  call: StepCall,
  say: (line: string) => void,
): Promise<Result<Verdict, readonly Failure[]>> {
  if (dataset.contract === undefined) return failed([contractMissing(dataset.name)]);
  const contract = await loadContract(call.root, dataset.contract);
  if (!contract.ok) return contract;
  const sources = await resolveSources(call.root, dataset.path);
  if (!sources.ok) return failed([sources.failure]);

  const spillFolder = join(call.out, '.spill');
  await mkdir(spillFolder);
  try {
    await using session = await openSession({
      threads: call.threads,
      memoryLimit: '2GB',
      allowedPaths: sources.value.map((file) => file.absolute),
      spillFolder,
    });
    const checked = await checkDataset(session, {
      files: sources.value.map((file) => ({ path: file.absolute, shown: file.path })),
      format: dataset.format,
      delimiter: dataset.delimiter,
      contract: contract.value,
    });
    if (!checked.ok) return checked;
    await writeJson(join(call.out, 'verdict.json'), checked.value);
    for (const line of summaryOf(checked.value, contract.value)) say(line);
    return success(checked.value.verdict);
  } finally {
    await rm(spillFolder, { recursive: true, force: true });
  }
}

function summaryOf({ verdict, rows, checks, notChecked }: ContractVerdict, contract: Contract): string[] {
  const lines = [
    `${rows} rows against ${checks.length} checks of ${contract.name} ${contract.version}: ${verdict}`,
  ];
  for (const check of checks) {
    if (check.verdict === 'pass') continue;
    lines.push(describe(check));
    for (const { file, line, row, value } of check.examples.slice(0, saidExamples)) {
      const place = line === undefined ? `${file} row ${row}` : `${file}:${line}`;
      lines.push(
        `    ${place}${value === undefined ? '' : `  ${value === null ? '(missing)' : JSON.stringify(value)}`}`,
      );
    }
  }
  if (notChecked.length > 0) {
    const what = [...new Set(notChecked.map((item) => item.what))].join(', ');
    lines.push(`  not checked: ${what}`);
  }
  return lines;
}

function describe({
  rule,
  column,
  severity,
  verdict,
  failed: broken,
  measured,
  expected,
  because,
}: CheckResult): string {
  const label = verdict === 'inconclusive' ? 'inconclusive' : severity === 'warning' ? 'warning' : 'fail';
  const subject = column === undefined ? rule : `${rule} of ${column}`;
  const found =
    because ??
    (rule === 'columns'
      ? ''
      : measured !== undefined
        ? `found ${Number.isInteger(measured) ? measured : measured.toFixed(2)}`
        : `${broken} ${broken === 1 ? 'row' : 'rows'}`);
  return `  ${label}: ${subject}: expected ${expected}${found === '' ? '' : `; ${found}`}`;
}
