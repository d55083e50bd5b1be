/**
 * The rooms of src/, in order: a room may import only rooms that stand before it, types included. Change this list,
 * the map in README.md and an ADR together.
 */
export const rooms = [
  'base',
  'git',
  'store',
  'sql',
  'onnx',
  'contract',
  'data',
  'features',
  'train',
  'evaluate',
  'steps',
  'pipeline',
  'runs',
  'provenance',
  'registry',
  'report',
  'servable',
  'batch',
  'embed',
  'serve',
  'deploy',
  'github',
  'site',
  'commands',
  'actions',
  'cli',
];

const climbing = rooms.map((room, i) => ({
  name: `${room}-imports-only-rooms-before-it`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${rooms.slice(0, i + 1).join('|')})/` },
}));

/** Pages of the site have these from src/site/format: they import nothing of Node, which the doors of their rooms do. */
const forPages =
  '^src/(report/numbers|evaluate/metric-definitions|runs/in-page|registry/(state-at|moment-text)|base/nearest)\\.ts$';

const doors = rooms.map((room) => ({
  name: `${room}-is-entered-by-its-door`,
  severity: 'error',
  from: { path: '^(src|actions)/', pathNot: `^src/${room}/|^src/site/format/` },
  to: { path: `^src/${room}/`, pathNot: `^src/${room}/index\\.ts$|^src/base/nearest\\.ts$` },
}));

const pages = {
  name: 'pages-have-only-what-needs-no-node',
  severity: 'error',
  from: { path: '^src/site/format/' },
  to: { path: '^src/', pathNot: `^src/site/format/|^src/[^/]+/index\\.ts$|${forPages}` },
};

export default {
  forbidden: [
    ...climbing,
    ...doors,
    pages,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every-room-is-in-the-list',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(index\\.ts$|(${rooms.join('|')})/)` },
      to: {},
    },
    {
      name: 'no-development-packages-in-the-product',
      severity: 'error',
      from: { path: '^(src|actions)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
