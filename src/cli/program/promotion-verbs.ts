import type { Command } from 'commander';
import type { Console } from '../console.ts';

/** promote, approve, rollback, archive. */
export function addPromotionVerbs(_program: Command, _console: Console): void {}
