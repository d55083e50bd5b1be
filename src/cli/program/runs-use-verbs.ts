import type { Command } from 'commander';
import type { Console } from '../console.ts';

/** runs export, reproduce. */
export function addRunsUseVerbs(_runs: Command, _console: Console): void {}
