import type { Json } from '../../base/index.ts';
import type { Fleet } from '../fleet.ts';

/** What one group of routes adds to `/openapi.json`; asked again whenever what is served has changed. */
export type DescribeApi = (fleet: Fleet) => ApiPart;

export interface ApiPart {
  /** By path (`/v2/models/heart-disease/infer`, or with `{parameters}`), then by method in lower case: an Operation Object. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  /** For `components.schemas`; other parts have other names. */
  readonly schemas?: Readonly<Record<string, JsonObject>>;
  /** How these routes say a failure, as a JSON Schema. Default: as the simple way does. */
  readonly failure?: JsonObject;
  readonly tags?: readonly { readonly name: string; readonly description: string }[];
}

export type JsonObject = { readonly [key: string]: Json };
