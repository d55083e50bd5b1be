import { cpSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { env, stderr } from 'node:process';

const path = env.INPUT_PATH;
const artifact = join(env.ARTIFACTS, env.INPUT_NAME);
if (!existsSync(path)) {
  if (env['INPUT_IF-NO-FILES-FOUND'] === 'error') throw new Error(`there is nothing at ${path}`);
  stderr.write(`there is nothing at ${path}\n`);
} else {
  if (existsSync(artifact) && env.INPUT_OVERWRITE !== 'true') throw new Error('it is there already');
  rmSync(artifact, { recursive: true, force: true });
  mkdirSync(artifact, { recursive: true });
  cpSync(path, statSync(path).isDirectory() ? artifact : join(artifact, basename(path)), { recursive: true });
}
