import type { DeployOptions, DeployReport, UndeployOptions, UndeployReport } from '../../commands/index.ts';
import { deploy, undeploy } from '../../commands/index.ts';
import type { RolloutStep } from '../../deploy/index.ts';
import { sentenceOfStep } from '../../deploy/index.ts';
import { visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export async function deployVerb(console: Console, options: DeployOptions & CommonOptions): Promise<void> {
  const onStep = (step: RolloutStep): void => console.err(`${sentenceOfStep(step)}\n`);
  const report = await deploy(options, { ...effectsOf(console, options), onStep });
  if (!report.ok) return fail(console, options, report.failure);
  if (options.json === true) printJson(console, report.value);
  else console.out(textOf(report.value, options.dryRun === true));
  console.exit(0);
}

export async function undeployVerb(
  console: Console,
  options: UndeployOptions & CommonOptions,
): Promise<void> {
  const report = await undeploy(options, effectsOf(console, options));
  if (!report.ok) return fail(console, options, report.failure);
  if (options.json === true) printJson(console, report.value);
  else console.out(removalText(report.value, options.dryRun === true));
  console.exit(0);
}

function removalText({ model, stage, branch, removed = [] }: UndeployReport, dryRun: boolean): string {
  const lines = [`${model} ${dryRun ? 'would be' : 'is'} removed from ${stage}`];
  if (branch !== undefined) {
    const at = branch.commit === undefined ? '' : ` at ${branch.commit.slice(0, 12)}`;
    lines.push(`  branch      ${branch.name}${at}`, ...branch.changed.map((path) => `    ${path}`));
  }
  if (removed.length > 0) lines.push(`  containers  ${removed.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function textOf(report: DeployReport, dryRun: boolean): string {
  const { model, version, stage, image, provenance, branch, rollout, url } = report;
  const lines = [
    `${model} ${version} ${dryRun ? 'would be' : 'is'} deployed to ${stage}`,
    `  image       ${image}${image.includes('@') ? '' : ', not built yet; its digest is not known without its base, which cannot be reached'}`,
    `  provenance  ${provenance.verdict}: ${visible(provenance.because)}`,
  ];
  if (branch !== undefined) {
    const at = branch.commit === undefined ? '' : ` at ${branch.commit.slice(0, 12)}`;
    const { length } = branch.changed;
    const what = length === 0 ? 'nothing changes' : `${length} ${length === 1 ? 'file' : 'files'}`;
    lines.push(`  branch      ${branch.name}${at}: ${what}`);
    lines.push(...branch.changed.map((path) => `    ${path}`));
  }
  if (url !== undefined) lines.push(`  answers at  ${url}`);
  if (rollout !== undefined) {
    lines.push(
      `  servers     ${rollout.servers.join(', ')}${rollout.changed ? '' : '; nothing had to change'}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
