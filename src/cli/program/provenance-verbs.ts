import type { Command } from 'commander';
import type { Console } from '../console.ts';

/** models attest, verify. */
export function addProvenanceVerbs(_models: Command, _console: Console): void {}
