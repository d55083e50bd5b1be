import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import type { Digest } from '../../base/index.ts';
import { digestOfBytes } from '../../base/index.ts';
import type { ImagePlatform } from './built-image.ts';
import type { Layer } from './oci.ts';
import { inApp, makeLayer } from './oci.ts';
import type { TarEntry } from './tar.ts';

export interface RuntimeFiles {
  /** Paths begin with `node_modules/`. */
  readonly files: readonly TarEntry[];
  readonly version: string;
  /** Of the library. */
  readonly digest: Digest;
  readonly layer: Layer;
}

const library = 'libonnxruntime.so.1';

const found = new Map<ImagePlatform, Promise<RuntimeFiles>>();

/** ONNX Runtime for a platform, packed once a process: it takes a second, and what is installed does not change meanwhile. */
export function runtimeOf(platform: ImagePlatform): Promise<RuntimeFiles> {
  const files = found.get(platform) ?? runtimeFiles(platform);
  found.set(platform, files);
  return files;
}

/** ONNX Runtime for one platform, on the CPU: its two packages without sources, types, installers, and other systems' libraries. */
async function runtimeFiles(platform: ImagePlatform): Promise<RuntimeFiles> {
  const node = packageFolder('onnxruntime-node', import.meta.url);
  const common = packageFolder('onnxruntime-common', join(node, 'package.json'));
  const architecture = platform === 'linux/arm64' ? 'arm64' : 'x64';
  const native = `bin/napi-v6/linux/${architecture}`;
  const files = [
    ...(await taken('onnxruntime-node', node, [
      'package.json',
      ...(await scripts(node, 'dist')),
      `${native}/onnxruntime_binding.node`,
      `${native}/${library}`,
    ])),
    ...(await taken('onnxruntime-common', common, ['package.json', ...(await scripts(common, 'dist/cjs'))])),
  ];
  const { version } = JSON.parse(await readFile(join(node, 'package.json'), 'utf8')) as { version: string };
  const bytes = files.find(({ path }) => path.endsWith(library))!.bytes!;
  return { files, version, digest: digestOfBytes(bytes), layer: makeLayer(inApp(files), 0, 'runtime') };
}

/** Where a package is for whoever stands at `from`: above the file that its name stands for. */
function packageFolder(name: string, from: string): string {
  const file = createRequire(from).resolve(name);
  const end = `${sep}${name}${sep}`;
  return file.slice(0, file.lastIndexOf(end) + end.length - 1);
}

async function scripts(root: string, folder: string): Promise<readonly string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  const wanted = names.filter((name) => name.endsWith('.js') || name.endsWith('package.json'));
  return wanted.map((name) => `${folder}/${name.replaceAll('\\', '/')}`).sort();
}

async function taken(
  name: string,
  root: string,
  paths: readonly string[],
): Promise<readonly (TarEntry & { readonly bytes: Buffer })[]> {
  return await Promise.all(
    paths.map(async (path) => ({
      path: `node_modules/${name}/${path}`,
      bytes: await readFile(join(root, path)),
    })),
  );
}
