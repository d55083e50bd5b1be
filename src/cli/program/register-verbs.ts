import type { Command } from 'commander';
import type { Console } from '../console.ts';

/** register, models card. */
export function addRegisterVerbs(_program: Command, _models: Command, _console: Console): void {}
