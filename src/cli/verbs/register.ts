import type { RegisterOptions, RegisterReport } from '../../commands/index.ts';
import { register } from '../../commands/index.ts';
import { visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export async function registerVerb(
  console: Console,
  options: RegisterOptions & CommonOptions,
): Promise<void> {
  const done = await register(options, effectsOf(console, options));
  if (!done.ok) return fail(console, options, done.failure);
  if (options.json === true) printJson(console, summaryOf(done.value));
  else console.out(`${said(done.value).map(visible).join('\n')}\n`);
}

function summaryOf({ model, run, registration, automatic }: RegisterReport): object {
  const about = { model, run, automatic };
  switch (registration.kind) {
    case 'registered': {
      const { tag, commit, event } = registration.event;
      return { kind: 'registered', version: event.name, tag, commit, event, ...about };
    }
    case 'planned':
      return { kind: 'planned', version: registration.draft.name, draft: registration.draft, ...about };
    case 'already': {
      const { name, digest, archived } = registration.version;
      return { kind: 'already', version: name, digest, archived, ...about };
    }
  }
}

function said(report: RegisterReport): readonly string[] {
  return [...registrationLines(report), ...report.automatic.flatMap(automaticLines), ...nextLines(report)];
}

function registrationLines({ model, run, registration }: RegisterReport): readonly string[] {
  switch (registration.kind) {
    case 'registered': {
      const { event, commit } = registration.event;
      return [
        `${model}@${event.name} is the model of run ${run}, at ${commit.slice(0, 7)}.`,
        `  ${event.bump.rule}: ${event.bump.because}`,
      ];
    }
    case 'planned': {
      const { name, bump } = registration.draft;
      return [
        `${model}@${name} would be the model of run ${run}; nothing was written.`,
        `  ${bump.rule}: ${bump.because}`,
      ];
    }
    case 'already': {
      const { name, archived, stages } = registration.version;
      const stands = stages.length === 0 ? '' : `; it stands in ${stages.join(' and ')}`;
      return [
        `The model of run ${run} is ${model}@${name} already${archived ? ', which is archived' : stands}: the same bytes are the same version.`,
      ];
    }
  }
}

/** What was refused is said with every reason; the registration stands all the same. */
function automaticLines({ stage, answer }: RegisterReport['automatic'][number]): readonly string[] {
  switch (answer.kind) {
    case 'promoted':
      return [`It came to ${stage} by itself.`];
    case 'refused':
      return [
        `It did not come to ${stage}:`,
        ...answer.decision.checks
          .filter(({ verdict }) => verdict !== 'pass')
          .map(({ verdict, check, because }) => `  ${verdict}, ${check}: ${because}`),
      ];
    default:
      return [];
  }
}

function nextLines({ model, registration, nextStage }: RegisterReport): readonly string[] {
  if (registration.kind !== 'registered' || nextStage === undefined) return [];
  const { name } = registration.event.event;
  return [`Next: trainyard promote ${model}@${name} --to ${nextStage}`];
}
