import type { Command } from 'commander';
import type { Console } from '../console.ts';

/** models list, show, history. */
export function addModelsVerbs(_models: Command, _console: Console): void {}
