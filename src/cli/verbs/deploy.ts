import type { DeployOptions, DeployReport, UndeployOptions, UndeployReport } from '../../commands/index.ts';
import { deploy, undeploy } from '../../commands/index.ts';
import type { RolloutStep } from '../../deploy/index.ts';
import { visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export async function deployVerb(console: Console, options: DeployOptions & CommonOptions): Promise<void> {
  const onStep = (step: RolloutStep): void => console.err(`${sentenceOf(step)}\n`);
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

function sentenceOf(step: RolloutStep): string {
  switch (step.kind) {
    case 'image':
      return `the image is here, ${step.id}`;
    case 'kept':
      return `${step.container} runs already`;
    case 'started':
      return `${step.container} started`;
    case 'ready':
      return `${step.container} is ready`;
    case 'golden':
      return `${step.container} answers its golden requests as the model did`;
    case 'balancer-started':
      return `the balancer started at ${step.url}`;
    case 'switched':
      return `the balancer sends requests to ${step.to.join(', ')}`;
    case 'drained':
      return `${step.container} answered its last request`;
    case 'removed':
      return `${step.container} removed`;
    case 'rolled-back':
      return `taken back: ${step.removed.join(', ')} removed`;
  }
}

function textOf(report: DeployReport, dryRun: boolean): string {
  const { model, version, stage, image, provenance, branch, rollout } = report;
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
  if (rollout !== undefined) {
    lines.push(`  answers at  ${rollout.url}/predict/${model}`);
    lines.push(
      `  servers     ${rollout.servers.join(', ')}${rollout.changed ? '' : '; nothing had to change'}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
