import { nearest } from '../../base/index.ts';
import type { RegistryFailure } from '../failures.ts';
import type { ModelState, TaggedEvent } from '../state.ts';
import { shown } from './promoter.ts';

export function stageUndeclared(stage: string, stages: readonly string[]): RegistryFailure {
  const meant = nearest(stage, stages);
  return {
    code: 'registry-stage-undeclared',
    kind: 'input',
    message: `trainyard.yaml declares no stage ${JSON.stringify(stage)}`,
    remedy:
      meant !== undefined
        ? `Did you mean "${meant}"?`
        : stages.length === 0
          ? 'Declare the stages of models under "stages:" in trainyard.yaml.'
          : `Name one of: ${stages.join(', ')}.`,
  };
}

export function signingKeyMissing(allowedSigners: string): RegistryFailure {
  return {
    code: 'registry-signing-key-missing',
    kind: 'input',
    message: `With ${allowedSigners} only signed events count, and there is no key to sign with`,
    remedy:
      'Name one with "--key <file>", or tell Git: "git config gpg.format ssh" and "git config user.signingkey <file>".',
  };
}

export function signingKeyLiteral(): RegistryFailure {
  return {
    code: 'registry-signing-key-literal',
    kind: 'input',
    message: 'user.signingkey holds a key itself, and the path of a file is needed',
    remedy:
      'Write the public key into a file and name that: "git config user.signingkey ~/.ssh/id_ed25519.pub".',
  };
}

export function signerUnknown(key: string, allowedSigners: string, because: string): RegistryFailure {
  return {
    code: 'registry-signer-unknown',
    kind: 'input',
    message: `What ${key} signs would count for nothing: by ${allowedSigners}, ${because}`,
    remedy: `Ask for a line with your address and your public key in ${allowedSigners}, or name another key.`,
  };
}

export function identityUnproven(name: string): RegistryFailure {
  return {
    code: 'registry-identity-unproven',
    kind: 'input',
    message: `An approval has to be somebody's, and nobody vouches that this is ${name}`,
    remedy: 'Set "allowed-signers" in trainyard.yaml and sign with a key, or approve from a job of CI.',
  };
}

/** Somebody else was faster again and again. */
export function appendLost(model: string, tries: number, events: readonly TaggedEvent[]): RegistryFailure {
  return {
    code: 'registry-append-lost',
    kind: 'world',
    message: `${tries} times somebody else wrote to the book of ${model} first: ${told(events)}. Nothing was written`,
    remedy: 'Start the command again.',
  };
}

/** What the caller looked at is no longer so, and to go on would undo what somebody else just did. */
export function stageChanged(
  state: ModelState,
  stage: string,
  events: readonly TaggedEvent[],
): RegistryFailure {
  const there = state.stages[stage]?.event.name;
  return {
    code: 'registry-stage-changed',
    kind: 'verdict',
    message: `Somebody else was faster: ${told(events)}. ${there ?? 'No version'} stands in ${stage} now, and nothing was written`,
    remedy: `Look with "trainyard models show ${state.model}", and start the command again if it is still what you want.`,
  };
}

function told(events: readonly TaggedEvent[]): string {
  if (events.length === 0) return 'their event is not in this clone yet';
  const last = events.slice(-3).map(({ tag, event }) => `${shown(event.by)} wrote ${tag}`);
  return events.length > 3 ? `… ${last.join(', ')}` : last.join(', ');
}

export function requestUnknown(tag: string): RegistryFailure {
  return {
    code: 'registry-request-unknown',
    kind: 'input',
    message: `There is no tag ${JSON.stringify(tag)} that points to a commit`,
    remedy: 'Push the tag first: "git push origin <tag>".',
  };
}

export function requestInvalid(tag: string): RegistryFailure {
  return {
    code: 'registry-request-invalid',
    kind: 'input',
    message: `The tag ${JSON.stringify(tag)} asks for no promotion`,
    remedy:
      'A tag that asks for one has the form <model>#<stage>#<number>, for example "heart-disease#production#7".',
  };
}

export function stageTwice(reference: string): RegistryFailure {
  return {
    code: 'registry-stage-twice',
    kind: 'input',
    message: `${JSON.stringify(reference)} names another stage than "--stage"`,
    remedy: 'Name the stage once.',
  };
}

export function versionArchived(model: string, name: string): RegistryFailure {
  return {
    code: 'registry-version-archived',
    kind: 'input',
    message: `${model} ${name} is archived, and comes to no stage any more`,
    remedy: `Register its model anew as another version: "trainyard register ${model}".`,
  };
}
