import type { NotChecked } from '../contract.ts';
import type { ContractDocument, YamlNode } from './document.ts';

/** Collects what a contract demands and Trainyard does not check, with its place. */
export class NotCheckedList {
  readonly #document: ContractDocument;
  readonly #column: string | undefined;
  readonly #list: NotChecked[];

  constructor(document: ContractDocument, list: NotChecked[], column?: string) {
    this.#document = document;
    this.#list = list;
    this.#column = column;
  }

  of(column: string): NotCheckedList {
    return new NotCheckedList(this.#document, this.#list, column);
  }

  add(what: string, because: string, node: YamlNode): void {
    const column = this.#column === undefined ? {} : { column: this.#column };
    this.#list.push({ what, ...column, because, line: this.#document.line(node) });
  }
}
