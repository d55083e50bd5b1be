import type { NamedBase } from './base-image.ts';
import {
  appFolder,
  healthFile,
  healthTimes,
  planFile,
  port,
  serverFile,
  stopSignal,
  user,
} from './image-paths.ts';

/** What every container of an image gets, beside what its base gives. */
export const imageEnvironment: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  PORT: String(port),
  TRAINYARD_PLAN: `${appFolder}/${planFile}`,
};

/** The folder of the context with what goes into the image, in the order of its layers: what changes least comes first. */
export const contextFolders = ['runtime', 'server', 'models'] as const;

export type ContextFolder = (typeof contextFolders)[number];

export function entrypoint(node: string): readonly string[] {
  return [node, `${appFolder}/${serverFile}`];
}

export function healthCommand(node: string): readonly string[] {
  return [node, `${appFolder}/${healthFile}`];
}

/**
 * The same image for whoever builds with Docker or BuildKit. Its first stage starts the server in the base image until
 * it is ready, which it is only when every model answers its golden requests: what does not work there is not built.
 */
export function dockerfileOf(base: NamedBase, labels: Readonly<Record<string, string>>): string {
  const { interval, timeout, startPeriod, retries } = healthTimes;
  const copies = contextFolders.map((folder) => `COPY ${folder}/ ${appFolder}/`);
  const finals = contextFolders.map((folder) => `COPY --from=checked /${folder}/ ${appFolder}/`);
  const lines = [
    '# Written by `trainyard build`; it writes it anew, with everything that stands beside it.',
    `# ${base.name}`,
    `FROM ${base.pinned} AS checked`,
    ...copies,
    ...contextFolders.map((folder) => `COPY ${folder}/ /${folder}/`),
    `COPY check.mjs ${appFolder}/`,
    `USER ${user}`,
    ...environmentLines(),
    `RUN ${JSON.stringify([base.node, `${appFolder}/check.mjs`])}`,
    '',
    `FROM ${base.pinned}`,
    ...finals,
    ...environmentLines(),
    `WORKDIR ${appFolder}`,
    `USER ${user}`,
    `EXPOSE ${port}`,
    `STOPSIGNAL ${stopSignal}`,
    `HEALTHCHECK --interval=${interval}s --timeout=${timeout}s --start-period=${startPeriod}s --retries=${retries} CMD ${JSON.stringify(healthCommand(base.node))}`,
    `ENTRYPOINT ${JSON.stringify(entrypoint(base.node))}`,
    'CMD []',
    ...Object.entries(labels).map(([name, value]) => `LABEL ${quoted(name)}=${quoted(value)}`),
    '',
  ];
  return lines.join('\n');
}

/** Starts the server beside it, and ends with 0 once it is ready. */
export const checkScript: string = `import { spawn } from 'node:child_process';
import { get } from 'node:http';
const port = '18080';
const env = { ...process.env, HOST: '127.0.0.1', PORT: port };
const server = spawn(process.execPath, ['${appFolder}/${serverFile}'], { env, stdio: 'inherit' });
server.on('exit', (code) => process.exit(code === 0 ? 1 : (code ?? 1)));
const deadline = Date.now() + 30_000;
function ask() {
  let said = 'nothing';
  const again = () => {
    if (Date.now() < deadline) return void setTimeout(ask, 50);
    console.error('The server did not become ready: ' + said);
    server.kill('SIGKILL');
  };
  get({ host: '127.0.0.1', port, path: '/health/ready' }, (answer) => {
    const chunks = [];
    answer.on('data', (chunk) => chunks.push(chunk));
    answer.on('end', () => {
      said = Buffer.concat(chunks).toString();
      if (answer.statusCode !== 200) return again();
      server.removeAllListeners('exit').on('exit', () => process.exit(0)).kill('SIGTERM');
    });
  }).on('error', again);
}
ask();
`;

function environmentLines(): readonly string[] {
  return Object.entries(imageEnvironment).map(([name, value]) => `ENV ${name}=${quoted(value)}`);
}

/**
 * In double quotes as Dockerfiles have them: a backslash, a quote and a dollar are spoken for. The end of a line cannot
 * be: what came after it would be an instruction of its own, so it becomes a space (`labelsOf` lets none through).
 */
export function quoted(text: string): string {
  return `"${oneLine(text).replace(/["\\$]/g, (character) => `\\${character}`)}"`;
}

/** Without characters that end a line. */
export function oneLine(text: string): string {
  return text.replace(/[\r\n\v\f]+/g, ' ');
}
