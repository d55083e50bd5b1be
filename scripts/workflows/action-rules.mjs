import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expressionsIn, isUntrusted, textsOf } from './expressions.mjs';
import { findingAt, isObject } from './files.mjs';

/** What the language service does not say of an action.yml. */
export function actionFindings(files, action) {
  const findings = [];
  const add = (path, rule, message) => findings.push(findingAt(action, path, rule, message));
  const { root } = action;
  for (const kind of ['inputs', 'outputs']) {
    for (const [name, declared] of Object.entries(isObject(root[kind]) ? root[kind] : {})) {
      if (!declared?.description)
        add([kind, name], 'description', `the ${kind.slice(0, -1)} ${name} has no description`);
      if (declared?.required === true && declared.default !== undefined) {
        add([kind, name], 'input', `the input ${name} is required and has a default`);
      }
    }
  }
  const runs = isObject(root.runs) ? root.runs : {};
  for (const script of ['pre', 'main', 'post']) {
    if (runs[script] === undefined) continue;
    if (!existsSync(join(files.folder, action.path, String(runs[script])))) {
      add(['runs', script], 'file', `there is no file ${runs[script]} beside ${action.file}`);
    }
  }
  if (/^node/.test(String(runs.using ?? '')) && runs.using !== 'node24') {
    add(['runs', 'using'], 'node', `${runs.using} is out of date: actions run on node24`);
  }
  for (const [index, step] of (Array.isArray(runs.steps) ? runs.steps : []).entries()) {
    for (const source of expressionsIn(step?.run ?? '').filter(isUntrusted)) {
      add(
        ['runs', 'steps', index, 'run'],
        'injection',
        `\${{ ${source} }} becomes part of the script: hand it over in \`env\``,
      );
    }
    const uses = String(step?.uses ?? '');
    if (uses !== '' && !/^(\.|\$)\//.test(uses) && !/@[0-9a-f]{40}$/.test(uses)) {
      add(
        ['runs', 'steps', index, 'uses'],
        'pin',
        `${uses} is not pinned to a commit: who owns it may change what runs here`,
      );
    }
  }
  const declared = isObject(root.inputs) ? root.inputs : {};
  for (const { text, path } of textsOf(root)) {
    for (const source of expressionsIn(text)) {
      for (const [, name] of source.matchAll(/\binputs\.([\w-]+)/g)) {
        if (!(name in declared)) add(path, 'input', `inputs.${name}: the action declares no such input`);
      }
    }
  }
  return findings;
}
