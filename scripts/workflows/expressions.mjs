/** The sources of the `${{ }}` in a text. */
export function expressionsIn(text) {
  return [...String(text).matchAll(/\$\{\{((?:[^}']|'[^']*'|\}(?!\}))*)\}\}/g)].map(([, source]) =>
    source.trim(),
  );
}

/** Every text of a value with the way to it. */
export function* textsOf(value, path = []) {
  if (typeof value === 'string') yield { text: value, path };
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* textsOf(inner, [...path, key]);
  }
}

/**
 * What strangers write: titles, bodies, names of branches, messages, payloads. In a script it becomes part of the
 * script; in `env:` it is a value.
 * https://docs.github.com/en/actions/concepts/security/script-injections
 */
const untrusted = [
  /\bgithub\.event\.(?!number\b|action\b|repository\.(full_name|default_branch|name|id)\b|pull_request\.(number|id|merged|draft|(head|base)\.sha)\b|workflow_run\.(id|conclusion|head_sha|run_number)\b|deployment\.(id|sha)\b|deployment_status\.(id|state)\b|installation\.id\b|issue\.number\b|release\.id\b|before\b|after\b)/,
  /\bgithub\.event\b(?!\.)/,
  /\bgithub\.(head_ref|ref_name|base_ref|ref|actor|triggering_actor)\b(?!_)/,
  /\bgithub\[/,
  /\binputs\b/,
  /\bneeds\.[\w-]+\.outputs\b/,
  /\bsteps\.[\w-]+\.outputs\b/,
  /\bsecrets\b/,
  /\bvars\b/,
  /\bmatrix\b/,
  /\benv\b/,
];

/** Whether an expression may hold what somebody else wrote; comparisons give true or false and do not. */
export function isUntrusted(source) {
  const isVerdict = /^!?[^&|]*(==|!=)[^&|]*$/.test(source.replace(/'[^']*'/g, "''"));
  return !isVerdict && untrusted.some((pattern) => pattern.test(source));
}
