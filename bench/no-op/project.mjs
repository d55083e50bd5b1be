import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const steps = 200;
export const filesPerStep = 50;
/** Each step needs the one before it, within chains of this length. */
const chain = 10;

/**
 * The same pipeline for both tools, and the files as its commands leave them. `listed`: every dependency file by its
 * name; `folders`: the 50 of a step as a folder.
 *
 * DVC's lock file is written here, as DVC itself writes it: its own first run of the listed form takes over half an hour.
 * Whoever runs the bench sees from DVC's first answer that it takes the file for its own: everything is up to date.
 */
export function writeProject(root, form) {
  const folder = path.join(root, 'pipelines/noop');
  const ours = ['version: 1', 'name: noop', 'steps:'];
  const theirs = ['stages:'];
  const lock = ["schema: '2.0'", 'stages:'];
  for (let n = 0; n < steps; n++) {
    const name = nameOf(n);
    const inputs = `inputs/${name}`;
    const files = writeInputs(folder, inputs, n);
    const deps = form === 'listed' ? files : [inputs];
    const before = n % chain === 0 ? undefined : nameOf(n - 1);
    const command = `cat ${inputs}/*${before === undefined ? '' : ` ${before}.txt`} | cksum > ${name}.txt`;
    execFileSync('bash', ['-c', command], { cwd: folder });
    ours.push(
      `  ${name}:`,
      ...(before === undefined ? [] : [`    needs: ${before}`]),
      `    run: cat ${inputs}/*${before === undefined ? '' : ` $TRAINYARD_IN_${before.toUpperCase()}_SUM`} | cksum > "$TRAINYARD_OUT/${name}.txt"`,
      '    deps:',
      ...deps.map((dep) => `      - ${dep}`),
      `    outs: { sum: ${name}.txt }`,
    );
    const allDeps = [...(before === undefined ? [] : [`${before}.txt`]), ...deps].sort();
    theirs.push(
      `  ${name}:`,
      `    cmd: ${command}`,
      '    deps:',
      ...allDeps.map((dep) => `    - ${dep}`),
      '    outs:',
      `    - ${name}.txt:`,
      '        cache: false',
    );
    lock.push(
      `  ${name}:`,
      `    cmd: ${command}`,
      '    deps:',
      ...allDeps.flatMap((dep) => lockEntry(folder, dep, dep === inputs ? files : undefined)),
      '    outs:',
      ...lockEntry(folder, `${name}.txt`),
    );
  }
  writeFileSync(path.join(root, 'trainyard.yaml'), 'version: 1\nstore: file:.trainyard/store\n');
  writeFileSync(path.join(folder, 'pipeline.yaml'), `${ours.join('\n')}\n`);
  writeFileSync(path.join(folder, 'dvc.yaml'), `${theirs.join('\n')}\n`);
  writeFileSync(path.join(folder, 'dvc.lock'), `${lock.join('\n')}\n`);
  return folder;
}

function writeInputs(folder, inputs, n) {
  mkdirSync(path.join(folder, inputs), { recursive: true });
  return Array.from({ length: filesPerStep }, (_, i) => {
    const file = `${inputs}/part-${i}.csv`;
    writeFileSync(path.join(folder, file), `${n},${i}\n`.repeat(20 + (i % 7)));
    return file;
  });
}

/** A file, or a folder: whose hash is that of the list of its files. */
function lockEntry(folder, name, files) {
  const read = (file) => readFileSync(path.join(folder, file));
  if (files === undefined) {
    const bytes = read(name);
    return [
      `    - path: ${name}`,
      '      hash: md5',
      `      md5: ${md5(bytes)}`,
      `      size: ${bytes.length}`,
    ];
  }
  const list = files
    .toSorted()
    .map((file) => `{"md5": "${md5(read(file))}", "relpath": "${path.posix.basename(file)}"}`);
  const size = files.reduce((sum, file) => sum + read(file).length, 0);
  return [
    `    - path: ${name}`,
    '      hash: md5',
    `      md5: ${md5(`[${list.join(', ')}]`)}.dir`,
    `      size: ${size}`,
    `      nfiles: ${files.length}`,
  ];
}

function md5(bytes) {
  return createHash('md5').update(bytes).digest('hex');
}

function nameOf(n) {
  return `s${String(n).padStart(3, '0')}`;
}
