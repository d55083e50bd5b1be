/**
 * A plugin of esbuild: what a module imports through the index of a room, it imports from where it is. Whoever loads an
 * index loads all that it names, and esbuild keeps that together: each verb of the command line would read the code of all
 * others before it starts. Importing a module of ours does nothing, so that nothing depends on the order.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** folders: with our own modules. */
export const pastIndexes = (...folders) => ({
  name: 'past-indexes',
  setup({ onLoad }) {
    const exportsOf = openIndexes();
    onLoad({ filter: /\.[jt]s$/ }, ({ path: file }) => {
      const isOurs = folders.some((folder) => file.startsWith(folder + path.sep));
      if (!isOurs || file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
      return { contents: redirected(file, exportsOf), loader: path.extname(file).slice(1) };
    });
  },
});

const isIndex = (file) => /^index\.[jt]s$/.test(path.basename(file));
const parse = (file, text) => ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, false);

/** The module's text, with an import of its own for each name that it takes from an index. */
function redirected(file, exportsOf) {
  const text = readFileSync(file, 'utf8');
  if (!/\/index\.[jt]s['"]/.test(text)) return text;
  let made = '';
  let done = 0;
  for (const statement of parse(file, text).statements) {
    const imported = namesFrom(statement);
    if (imported === undefined) continue;
    const index = path.resolve(path.dirname(file), statement.moduleSpecifier.text);
    const lines = imported.map(({ name, local }) => {
      const found = exportsOf(index).get(name) ?? { file: index, name };
      const place = `./${path.relative(path.dirname(file), found.file).replaceAll(path.sep, '/')}`;
      return `import { ${found.name} as ${local} } from ${JSON.stringify(place)};`;
    });
    made += `${text.slice(done, statement.pos)}\n${lines.join(' ')}`;
    done = statement.end;
  }
  return made + text.slice(done);
}

/** What a statement takes by name from an index; `undefined` of every other statement. */
function namesFrom(statement) {
  if (!ts.isImportDeclaration(statement) || !/^\.(.*)\/index\.[jt]s$/.test(statement.moduleSpecifier.text))
    return undefined;
  const { importClause: clause } = statement;
  if (clause?.namedBindings === undefined || clause.isTypeOnly || clause.name !== undefined) return undefined;
  if (!ts.isNamedImports(clause.namedBindings)) return undefined;
  return clause.namedBindings.elements
    .filter((each) => !each.isTypeOnly)
    .map((each) => ({ name: (each.propertyName ?? each.name).text, local: each.name.text }));
}

/** Where the names of an index come from, through other indexes too; without those that it makes itself. */
function openIndexes() {
  const known = new Map();
  const exportsOf = (index) => {
    const before = known.get(index);
    if (before !== undefined) return before;
    const names = new Map();
    known.set(index, names);
    for (const statement of parse(index, readFileSync(index, 'utf8')).statements) {
      if (!ts.isExportDeclaration(statement) || statement.isTypeOnly) continue;
      const { moduleSpecifier: from, exportClause: clause } = statement;
      if (from === undefined || clause === undefined || !ts.isNamedExports(clause)) continue;
      const file = path.resolve(path.dirname(index), from.text);
      for (const each of clause.elements.filter(({ isTypeOnly }) => !isTypeOnly)) {
        const name = (each.propertyName ?? each.name).text;
        names.set(each.name.text, (isIndex(file) && exportsOf(file).get(name)) || { file, name });
      }
    }
    return names;
  };
  return exportsOf;
}
