import type { Digest, Place } from '../base/index.ts';
import type { Contract } from '../contract/index.ts';
import type { DatasetSpec } from '../data/index.ts';
import type { PipelineFile } from './file.ts';

/** A pipeline file that holds no mistake, with what it refers to. */
export interface Pipeline {
  /** As written: defaults are not filled in. */
  readonly file: PipelineFile;
  /** Of the file, relative to the root, with `/`. */
  readonly path: string;
  /** Absolute; `deps` and commands start here. */
  readonly folder: string;
  /** Absolute. */
  readonly root: string;
  /** Of the file's bytes. */
  readonly digest: Digest;
  /** By name. Paths are absolute; the contract's primary key stands in for an absent key. */
  readonly datasets: ReadonlyMap<string, DatasetSpec>;
  /** By name of the dataset. */
  readonly contracts: ReadonlyMap<string, Contract>;
  /** Where the value at a path of keys and indices stands in the file; of the nearest one that is there. */
  place(path: PlacePath): Place;
}

/** `['steps', 'train', 'with', 'trees']`. */
export type PlacePath = readonly (string | number)[];
