import type { Command } from 'commander';
import type { Console } from '../console.ts';

/** runs push, pull, prune. */
export function addRunsSyncVerbs(_runs: Command, _console: Console): void {}
