import type { Admit } from '../http/listener.ts';

/** Decides who may do what; disposing stops looking at its file. */
export interface AccessControl extends AsyncDisposable {
  readonly admit: Admit;
}
