/**
 * Makes an image of one program of this machine with the shared libraries that it needs, certificates, and a user that
 * is not root: a base for tests where none can be fetched. The same machine makes the same bytes.
 *
 *     node image-of-program.mjs <folder of the OCI layout> <program>
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const [layout, program] = process.argv.slice(2);
const root = mkdtempSync(path.join(tmpdir(), 'trainyard-image-'));

/** Copies a file to where it is found by its own name, and every link on the way as a file. */
function take(file, to = file) {
  mkdirSync(path.join(root, path.dirname(to)), { recursive: true });
  cpSync(realpathSync(file), path.join(root, to));
}

/** The libraries of C++ belong to every base for Node, whether or not its `node` needs them. */
const folder = path.dirname(librariesOf(program).find((file) => file.includes('libc.so')));
const extra = ['libstdc++.so.6', 'libgcc_s.so.1', 'libm.so.6', 'libdl.so.2', 'libpthread.so.0', 'librt.so.1'];

function librariesOf(file) {
  const lines = execFileSync('ldd', [file], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => line.match(/(?:=> )?(\/\S+) \(0x/)?.[1] ?? []);
}

const name = path.basename(program);
take(program, `/usr/bin/${name}`);
for (const file of librariesOf(program)) take(file);
for (const file of extra) if (existsSync(path.join(folder, file))) take(path.join(folder, file));
if (existsSync('/etc/ssl/certs/ca-certificates.crt')) take('/etc/ssl/certs/ca-certificates.crt');
const texts = {
  'etc/passwd':
    'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
  'etc/group': 'root:x:0:\nnonroot:x:65532:\n',
  'etc/nsswitch.conf': 'hosts: files dns\n',
};
for (const [file, text] of Object.entries(texts)) writeFileSync(path.join(root, file), text);
for (const empty of ['tmp', 'home/nonroot', 'root']) mkdirSync(path.join(root, empty), { recursive: true });
execFileSync('chmod', ['1777', path.join(root, 'tmp')]);
execFileSync('chown', ['65532:65532', path.join(root, 'home/nonroot')]);

const options = ['--sort=name', '--mtime=@0', '--numeric-owner', '--format=gnu'];
const tar = execFileSync('tar', [...options, '-cf', '-', '-C', root, '.'], { maxBuffer: 2 ** 30 });
rmSync(root, { recursive: true });

function blob(bytes) {
  const hash = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(path.join(layout, 'blobs/sha256', hash), bytes);
  return { digest: `sha256:${hash}`, size: bytes.length };
}

mkdirSync(path.join(layout, 'blobs/sha256'), { recursive: true });
const json = (value) => Buffer.from(JSON.stringify(value));
const layer = blob(gzipSync(tar, { level: 6 }));
const config = blob(
  json({
    created: '1970-01-01T00:00:00Z',
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Entrypoint: [`/usr/bin/${name}`],
      Labels: { 'org.example.base': name },
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(tar).digest('hex')}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: `the ${name} of this machine` }],
  }),
);
const type = (what) => `application/vnd.oci.image.${what}`;
const manifest = blob(
  json({
    schemaVersion: 2,
    mediaType: type('manifest.v1+json'),
    config: { mediaType: type('config.v1+json'), ...config },
    layers: [{ mediaType: type('layer.v1.tar+gzip'), ...layer }],
  }),
);
const index = { schemaVersion: 2, manifests: [{ mediaType: type('manifest.v1+json'), ...manifest }] };
writeFileSync(path.join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
writeFileSync(path.join(layout, 'index.json'), json(index));
process.stdout.write(`${manifest.digest}\n`);
