import type { BuildOptions, BuildReport } from '../../commands/index.ts';
import { build } from '../../commands/index.ts';
import { visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export async function buildVerb(console: Console, options: BuildOptions & CommonOptions): Promise<void> {
  const report = await build(options, effectsOf(console, options));
  if (!report.ok) return fail(console, options, report.failure);
  if (options.json === true) printJson(console, report.value);
  else console.out(textOf(report.value));
  console.exit(0);
}

function textOf({ image, output, done, pushed }: BuildReport): string {
  const { repository, tag, digest, models, base, size, platform } = image;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const lines = [
    `${repository}:${tag}  ${platform}`,
    `  digest  ${digest ?? 'not known: the registry of the base cannot be reached, and the base was never fetched here'}`,
    `  base    ${base.name}, ${base.digest}`,
    ...models.map(
      ({ model, modelVersion, digest, provenance }) =>
        `  model   ${model} ${modelVersion}, ${digest}; provenance ${provenance.verdict}: ${visible(provenance.because)}`,
    ),
    ...(size === undefined
      ? []
      : [`  size    ${megabytes(size.unpacked)} unpacked, ${megabytes(size.compressed)} in a registry`]),
    ...(pushed === undefined
      ? []
      : [
          'digest' in pushed.sbom
            ? `  sbom    ${pushed.sbom.digest}, which refers to the image`
            : `  sbom    not in the registry: ${visible(pushed.sbom.problem)}`,
        ]),
    endOf(done, output, pushed?.reference ?? `${repository}:${tag}`),
  ];
  return `${lines.join('\n')}\n`;
}

function endOf(done: BuildReport['done'], output: string, name: string): string {
  switch (done) {
    case 'planned':
      return 'Nothing was written.';
    case 'context':
      return `Build it: docker build ${output}/context`;
    case 'loaded':
      return `Run it: docker run --read-only --cap-drop ALL -p 8080:8080 ${name}\nWhat is in it: ${output}`;
    case 'pushed':
      return `Deploy it by ${name}\nWhat is in it: ${output}`;
  }
}
