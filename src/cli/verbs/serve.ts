import type { ServeOptions } from '../../commands/index.ts';
import { serve } from '../../commands/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

/** Serves until it is interrupted, and then until the last request is answered. */
export async function serveVerb(console: Console, options: ServeOptions & CommonOptions): Promise<void> {
  const effects = effectsOf(console, options);
  const serving = await serve(options, effects);
  if (!serving.ok) return fail(console, options, serving.failure);
  const { listener, models } = serving.value;
  if (options.json === true) printJson(console, { url: listener.url, models });
  else
    for (const { model, version } of models)
      console.err(`${model} ${version}: ${listener.url}/predict/${model}\n`);
  if (!effects.signal.aborted) {
    await new Promise<void>((resolve) =>
      effects.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  }
  await listener[Symbol.asyncDispose]();
  console.exit(0);
}
