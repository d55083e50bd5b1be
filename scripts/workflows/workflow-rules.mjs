import { expressionsIn, isUntrusted, textsOf } from './expressions.mjs';
import { findingAt, isObject } from './files.mjs';

/*
 * What the language service and actionlint do not find. Each rule has a bad example in test/runner/static.
 */

/** Events whose workflows have secrets and a token that writes, though a stranger may have caused them. */
const privileged = ['pull_request_target', 'workflow_run', 'issue_comment'];
const full = /^[0-9a-f]{40}$/;

export function workflowFindings(files, workflow) {
  const findings = [];
  const add = (path, rule, message) => findings.push(findingAt(workflow, path, rule, message));
  const { root } = workflow;
  const jobs = Object.entries(isObject(root.jobs) ? root.jobs : {}).filter(([, job]) => isObject(job));
  const events = eventsOf(root.on);
  for (const [id, job] of jobs) {
    const path = ['jobs', id];
    if (root.permissions === undefined && job.permissions === undefined) {
      add(
        path,
        'permissions',
        `the job ${id} says nothing of \`permissions\`: its token gets whatever the repository's setting is`,
      );
    }
    if (job.uses === undefined) {
      if (job['timeout-minutes'] === undefined) {
        add(path, 'timeout', `the job ${id} has no \`timeout-minutes\`: a hanging one runs for six hours`);
      }
      for (const [index, step] of (job.steps ?? []).entries()) {
        if (isObject(step)) checkStep(files, { add, events, job, step, path: [...path, 'steps', index] });
      }
    } else checkPin(add, [...path, 'uses'], job.uses);
    // A job that calls a workflow does nothing itself: there each job has its own queue.
    if (
      writes(root, job) &&
      root.concurrency === undefined &&
      job.concurrency === undefined &&
      job.uses === undefined
    ) {
      add(
        path,
        'concurrency',
        `the job ${id} may write contents and has no \`concurrency\`: two at once push against each other`,
      );
    }
    checkOutputs(files, { add, id, job, jobs, path });
  }
  return findings;
}

function eventsOf(on) {
  if (typeof on === 'string') return [on];
  return Array.isArray(on) ? on.map(String) : Object.keys(isObject(on) ? on : {});
}

/** A workflow that is only ever called leaves the queue to its callers. */
function writes(root, job) {
  const permissions = job.permissions ?? root.permissions;
  return permissions === 'write-all' || (isObject(permissions) && permissions.contents === 'write');
}

function checkStep(files, { add, events, step, path }) {
  for (const source of expressionsIn(step.run ?? '').filter(isUntrusted)) {
    add(
      [...path, 'run'],
      'injection',
      `\${{ ${source} }} becomes part of the script: hand it over in \`env\``,
    );
  }
  if (step.uses === undefined) return;
  const uses = String(step.uses);
  checkPin(add, [...path, 'uses'], uses);
  if (/^actions\/github-script@/.test(uses)) {
    for (const source of expressionsIn(step.with?.script ?? '').filter(isUntrusted)) {
      add(
        [...path, 'with', 'script'],
        'injection',
        `\${{ ${source} }} becomes part of the script: hand it over in \`env\``,
      );
    }
  }
  if (/^actions\/checkout@/.test(uses)) checkCheckout(add, events, step, path);
  const action = localAction(files, uses);
  if (action?.root === undefined) {
    if (/^(\.|\$)\//.test(uses)) add([...path, 'uses'], 'action', `there is no action in ${uses}`);
    return;
  }
  checkInputs(add, action, step, path);
}

/** The same code in the same place for ever: a commit, not a tag that moves. GitHub's own actions too. */
function checkPin(add, path, value) {
  const uses = String(value);
  if (/^(\.|\$)\//.test(uses)) return;
  if (uses.startsWith('docker://')) {
    if (!/@sha256:[0-9a-f]{64}$/.test(uses)) add(path, 'pin', `${uses} is not pinned to a digest`);
    return;
  }
  const ref = uses.split('@')[1] ?? '';
  if (!full.test(ref))
    add(path, 'pin', `${uses} is not pinned to a commit: who owns it may change what runs here`);
}

/** Under an event with rights, code of a stranger must not come into the workspace. */
function checkCheckout(add, events, step, path) {
  const input = isObject(step.with) ? step.with : {};
  const caused = events.filter((event) => privileged.includes(event));
  if (caused.length > 0) {
    const heads = ['ref', 'repository'].filter((name) =>
      /head|pull_request|refs\/pull|workflow_run|client_payload/.test(String(input[name] ?? '')),
    );
    for (const name of heads) {
      add(
        [...path, 'with', name],
        'untrusted-checkout',
        `checks out a stranger's code under ${caused.join(', ')}, with this repository's rights`,
      );
    }
  }
}

function localAction(files, uses) {
  const local =
    /^(?:\.|\$)\/(.*?)\/?$/.exec(uses)?.[1] ?? /^trainyard\/trainyard\/(actions\/[^@]+)@/.exec(uses)?.[1];
  return local === undefined ? undefined : files.actionAt(local);
}

function checkInputs(add, action, step, path) {
  const declared = isObject(action.root.inputs) ? action.root.inputs : {};
  const lower = new Map(Object.keys(declared).map((name) => [name.toLowerCase(), name]));
  const given = new Set();
  for (const name of Object.keys(isObject(step.with) ? step.with : {})) {
    if (!lower.has(name.toLowerCase())) {
      add(
        [...path, 'with', name],
        'input',
        `${action.path} has no input ${name}; it has ${[...lower.values()].join(', ') || 'none'}`,
      );
    }
    given.add(name.toLowerCase());
  }
  for (const [name, input] of Object.entries(declared)) {
    if (input?.required === true && input.default === undefined && !given.has(name.toLowerCase())) {
      add([...path, 'uses'], 'input', `${action.path} needs the input ${name}`);
    }
  }
}

/** `steps.x.outputs.y` and `needs.x.outputs.y` that nobody declares: empty at run time, without a word. */
function checkOutputs(files, { add, id, job, jobs, path }) {
  const steps = new Map(
    (Array.isArray(job.steps) ? job.steps : []).filter(isObject).map((step) => [step.id, step]),
  );
  const others = new Map(jobs);
  for (const { text, path: inner } of textsOf(job)) {
    const sources = inner.at(-1) === 'if' ? [text] : expressionsIn(text);
    for (const source of sources) {
      for (const [, step, output] of source.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
        const why = undeclared(files, steps.get(step), output);
        if (why !== undefined) add([...path, ...inner], 'output', `steps.${step}.outputs.${output}: ${why}`);
      }
      for (const [, need, output] of source.matchAll(/\bneeds\.([\w-]+)\.outputs\.([\w-]+)/g)) {
        const other = others.get(need);
        const outputs = other?.uses === undefined ? other?.outputs : calledOutputs(files, String(other.uses));
        if (outputs === null) continue;
        if (!isObject(outputs) || !(output in outputs)) {
          add(
            [...path, ...inner],
            'output',
            `needs.${need}.outputs.${output}: the job ${need} declares no such output (in ${id})`,
          );
        }
      }
    }
  }
}

/** What a script writes must be named in it, unless a program writes for it; what an action writes, in its action.yml. */
function undeclared(files, step, output) {
  if (step === undefined) return 'no step has this id';
  if (step.run !== undefined) {
    const script = String(step.run);
    const writes = script.includes(output) || !script.includes('GITHUB_OUTPUT');
    return writes ? undefined : 'the script of the step writes no such output';
  }
  const action = localAction(files, String(step.uses));
  if (action?.root === undefined) return undefined;
  return isObject(action.root.outputs) && output in action.root.outputs
    ? undefined
    : `${action.path} declares no such output`;
}

/** `null` when the called workflow is of another repository and cannot be read here. */
function calledOutputs(files, uses) {
  const name = /^(?:\.|\$)\/(\.github\/workflows\/[^@]+)$/.exec(uses)?.[1];
  const called = files.workflows.find(({ file }) => file === name);
  if (called?.root === undefined) return null;
  return called.root.on?.workflow_call?.outputs ?? {};
}
