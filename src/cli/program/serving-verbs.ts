import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { Console } from '../console.ts';
import { addBuildVerb } from './build-verb.ts';
import { addDeployVerb } from './deploy-verb.ts';
import { addExportVerb } from './export-verb.ts';
import { addPredictVerb } from './predict-verb.ts';
import { collect, verb } from './verb.ts';

/** serve, predict, export, build, deploy. */
export function addServingVerbs(program: Command, console: Console): void {
  verb(program, 'serve <models...>', 'answer over HTTP', [
    'trainyard serve heart-disease#production',
    'trainyard serve run:latest --port 8080',
    'trainyard serve heart-disease#production --workers 0 --access access.yaml --log-requests',
  ])
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <number>', 'where to listen; 0 takes one that is free', portNumber, 8080)
    .option('--workers <number>', 'processes that share the port; 0: one a core', wholeNumber, 1)
    .option('--follow <seconds>', 'how often to look at the stages; 0: never again', seconds, 10)
    .option(
      '--log <target>',
      'where prediction logs go: file:<folder>, s3://bucket/prefix, https://…; or off',
    )
    .option(
      '--traces <url>',
      'an OTLP receiver that gets traces, like http://127.0.0.1:4318; or OTEL_EXPORTER_OTLP_ENDPOINT',
      webAddress,
    )
    .option('--access <file>', 'who may call: keys, tokens, rights, rates (docs/serving.md)')
    .option('--cors <origin>', 'an origin whose pages may call, * for all; may stand several times', collect)
    .option('--log-requests', 'a line on standard error for each request')
    .addOption(
      new Option(
        '--log-format <format>',
        'of the lines on standard error; default: text on a terminal',
      ).choices(['text', 'json']),
    )
    .option('--drain <seconds>', 'still take requests so long when told to end, as not ready', seconds, 0)
    .action(async (models: string[], _, command) => {
      const { serveVerb } = await import('../verbs/serve.ts');
      await serveVerb(console, { models, ...command.optsWithGlobals() });
    });

  addPredictVerb(program, console);
  addExportVerb(program, console);
  addBuildVerb(program, console);
  addDeployVerb(program, console);
}

function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  return value;
}

function webAddress(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('It must be an http or https address.');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 1024) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 86_400))
    throw new InvalidArgumentError('It must be a number of seconds, at most a day.');
  return value;
}
