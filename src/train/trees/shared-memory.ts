import type { WasmMemory } from './web-assembly.ts';
import { webAssembly } from './web-assembly.ts';

/** Where arrays that threads share come from. */
export interface Arena {
  doubles(count: number): Float64Array;
  integers(count: number): Int32Array;
  words(count: number): Uint32Array;
  bytes(count: number): Uint8Array;
}

/** One array buffer for each array. */
export const separateArrays: Arena = {
  doubles: (count) => new Float64Array(new SharedArrayBuffer(count * 8)),
  integers: (count) => new Int32Array(new SharedArrayBuffer(count * 4)),
  words: (count) => new Uint32Array(new SharedArrayBuffer(count * 4)),
  bytes: (count) => new Uint8Array(new SharedArrayBuffer(count)),
};

const pageSize = 65_536;
const mostPages = 65_536;

/**
 * Builds something whose arrays all lie in one WebAssembly memory, so that `treeKernels` can work on them. `build`
 * is called twice, first to measure, and must ask for the same arrays. What needs more than the 4 GiB that such a
 * memory can have gets separate arrays and no memory.
 */
export function inOneMemory<T>(build: (arena: Arena) => T): {
  value: T;
  memory: WasmMemory | undefined;
} {
  let size = 0;
  const measure = <T>(count: number, width: number, none: T): T => {
    size = aligned(size) + count * width;
    return none;
  };
  build({
    doubles: (count) => measure(count, 8, new Float64Array(0)),
    integers: (count) => measure(count, 4, new Int32Array(0)),
    words: (count) => measure(count, 4, new Uint32Array(0)),
    bytes: (count) => measure(count, 1, new Uint8Array(0)),
  });
  const pages = Math.ceil(size / pageSize);
  if (pages > mostPages) return { value: build(separateArrays), memory: undefined };
  const { Memory } = webAssembly();
  const memory = new Memory({ initial: pages, maximum: Math.max(1, pages), shared: true });
  let top = 0;
  const place = (bytes: number): number => {
    const at = aligned(top);
    top = at + bytes;
    return at;
  };
  const { buffer } = memory;
  const value = build({
    doubles: (count) => new Float64Array(buffer, place(count * 8), count),
    integers: (count) => new Int32Array(buffer, place(count * 4), count),
    words: (count) => new Uint32Array(buffer, place(count * 4), count),
    bytes: (count) => new Uint8Array(buffer, place(count), count),
  });
  return { value, memory };
}

/** Arrays begin at lines of the processor's cache. */
function aligned(address: number): number {
  return Math.ceil(address / 64) * 64;
}
