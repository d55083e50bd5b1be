import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';

/** The workflows and actions of a folder, with the positions of their values. */
export function readFiles(folder) {
  const workflows = names(join(folder, '.github/workflows'))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => readYaml(folder, `.github/workflows/${name}`));
  const actions = [];
  for (const path of actionFolders(folder)) {
    const file = ['action.yml', 'action.yaml']
      .map((name) => `${path}/${name}`)
      .find((each) => existsSync(join(folder, each)));
    if (file !== undefined) actions.push({ ...readYaml(folder, file), path });
  }
  return { folder, workflows, actions, actionAt: (path) => actions.find((action) => action.path === path) };
}

function actionFolders(folder) {
  return [
    ...names(join(folder, 'actions')).map((name) => `actions/${name}`),
    ...names(join(folder, '.github/actions')).map((name) => `.github/actions/${name}`),
  ];
}

function names(folder) {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function readYaml(folder, file) {
  const text = readFileSync(join(folder, file), 'utf8');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: false });
  const root = document.errors.length === 0 ? document.toJS() : undefined;
  return { file, text, document, lines, root: isObject(root) ? root : undefined };
}

export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A finding at the value below some keys, or at the nearest that is there. */
export function findingAt(yaml, path, rule, message) {
  let node;
  for (let length = path.length; length >= 0 && node === undefined; length--) {
    node = nodeAt(yaml.document.contents, path.slice(0, length));
  }
  const { line, col } = yaml.lines.linePos(node?.range?.[0] ?? 0);
  return { file: yaml.file, line, column: col, rule, message };
}

/** The key of a mapping, where it has one: findings about a missing part point at its owner's name. */
function nodeAt(contents, path) {
  let node = contents;
  let shown = contents;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
      );
      if (pair === undefined) return undefined;
      node = pair.value;
      shown = isScalar(pair.value) ? pair.value : pair.key;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      shown = node;
    } else return undefined;
    if (node === undefined || node === null) return shown;
  }
  return shown;
}
