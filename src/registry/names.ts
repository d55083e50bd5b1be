import semver from 'semver';

/**
 * Names that the registry writes: parts of refs and of files, so they are plain ASCII in lower case (file systems that
 * ignore case or normalize letters would make two names one), at most 64 characters, without dots or slashes.
 */
const plain = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const longest = 64;

/** Windows has no files of these names, and a ref may be a file. */
const devices = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/** Words with a meaning of their own where a model or a version is named, here or in GTO. */
const wordsOfReferences: ReadonlySet<string> = new Set([
  'latest',
  'greatest',
  'deprecated',
  'created',
  'head',
]);

/** What a gate or a list would take for something other than a stage. */
const wordsOfStages: ReadonlySet<string> = new Set([
  ...wordsOfReferences,
  'archived',
  'registered',
  'best',
  'merge-base',
]);

/** Why a name cannot be that of a model; `undefined` when it can. */
export function problemOfModelName(name: string): string | undefined {
  return problemOfName(name, wordsOfReferences);
}

export function problemOfStageName(name: string): string | undefined {
  return problemOfName(name, wordsOfStages);
}

function problemOfName(name: string, taken: ReadonlySet<string>): string | undefined {
  if (name.length > longest) return `it has ${name.length} characters, and at most ${longest} fit`;
  if (!plain.test(name)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins there.
    const foreign = /[^\x00-\x7f]/u.exec(name)?.[0];
    if (foreign !== undefined) {
      const code = foreign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      return `it holds the character U+${code}, and only plain letters, digits and dashes can stand in it`;
    }
    return 'it is not made of lower-case letters and digits with single dashes between';
  }
  if (devices.test(name)) return 'no file can have this name on Windows';
  return taken.has(name) ? 'this word has a meaning of its own' : undefined;
}

const versionPattern =
  /^v(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-[0-9a-z-]+(?:\.[0-9a-z-]+)*)?$/;

/** Why a text cannot be a version that is registered anew; `undefined` when it can. */
export function problemOfVersionName(name: string): string | undefined {
  if (name.length > longest) return `it has ${name.length} characters, and at most ${longest} fit`;
  if (/^[0-9]/.test(name)) return 'a version begins with "v"';
  if (name.includes('+')) return 'build metadata ("+") does not order versions, so two would be equal';
  if (!versionPattern.test(name) || semver.valid(name) === null) {
    return 'it is not "v" and a semantic version in lower case, such as v1.4.0 or v2.0.0-rc.1';
  }
  return name.endsWith('.lock') ? 'no ref may end with ".lock"' : undefined;
}

/** Names of versions from the newest to the oldest: by semantic version, and of equals (build metadata) by their text. */
export function newestFirst<T extends { readonly name: string }>(versions: Iterable<T>): readonly T[] {
  return [...versions]
    .map((version) => ({ version, parsed: semver.parse(version.name) }))
    .sort((a, b) => {
      const order =
        a.parsed === null || b.parsed === null
          ? Number(a.parsed === null) - Number(b.parsed === null)
          : semver.rcompare(a.parsed, b.parsed);
      const [x, y] = [a.version.name, b.version.name];
      return order || (x < y ? 1 : x > y ? -1 : 0);
    })
    .map(({ version }) => version);
}
