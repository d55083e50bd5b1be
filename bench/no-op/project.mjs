import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const steps = 200;
export const filesPerStep = 50;
/** Each step needs the one before it, within chains of this length. */
const chain = 10;

/** The same pipeline for both tools: 200 steps, each with a folder of 50 small files that it reads. */
export function writeProject(root) {
  const folder = path.join(root, 'pipelines/noop');
  const ours = ['version: 1', 'name: noop', 'steps:'];
  const theirs = ['stages:'];
  for (let n = 0; n < steps; n++) {
    const inputs = `inputs/${name(n)}`;
    mkdirSync(path.join(folder, inputs), { recursive: true });
    for (let i = 0; i < filesPerStep; i++) {
      writeFileSync(path.join(folder, inputs, `part-${i}.csv`), `${n},${i}\n`.repeat(20 + (i % 7)));
    }
    const needs = n % chain === 0 ? undefined : name(n - 1);
    const before = needs === undefined ? '' : ` $TRAINYARD_IN_${needs.toUpperCase()}_SUM`;
    ours.push(
      `  ${name(n)}:`,
      ...(needs === undefined ? [] : [`    needs: ${needs}`]),
      `    run: cat ${inputs}/*${before} | cksum > "$TRAINYARD_OUT/${name(n)}.txt"`,
      `    deps: [${inputs}]`,
      `    outs: { sum: ${name(n)}.txt }`,
    );
    theirs.push(
      `  ${name(n)}:`,
      `    cmd: cat ${inputs}/*${needs === undefined ? '' : ` ${needs}.txt`} | cksum > ${name(n)}.txt`,
      '    deps:',
      `    - ${inputs}`,
      ...(needs === undefined ? [] : [`    - ${needs}.txt`]),
      '    outs:',
      `    - ${name(n)}.txt`,
    );
  }
  writeFileSync(path.join(root, 'trainyard.yaml'), 'version: 1\nstore: file:.trainyard/store\n');
  writeFileSync(path.join(folder, 'pipeline.yaml'), `${ours.join('\n')}\n`);
  writeFileSync(path.join(folder, 'dvc.yaml'), `${theirs.join('\n')}\n`);
  return folder;
}

function name(n) {
  return `s${String(n).padStart(3, '0')}`;
}
