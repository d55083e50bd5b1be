import { execFileSync } from 'node:child_process';
import { env } from 'node:process';

const { INPUT_REF: wanted, INPUT_TOKEN: token, GITHUB_REF, GITHUB_WORKSPACE: cwd } = env;
if (env['INPUT_PERSIST-CREDENTIALS'] !== 'false') throw new Error('credentials are never kept here');
const secret = Buffer.from(`x-access-token:${token}`).toString('base64');
const git = (...args) =>
  execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    env: {
      ...env,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.extraheader',
      GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${secret}`,
    },
  }).trim();

git('init', '--quiet', '--initial-branch=main');
git('remote', 'add', 'origin', `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}`);
const ref = wanted && !wanted.startsWith('refs/') ? `refs/heads/${wanted}` : wanted || GITHUB_REF;
const everything = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
const spec = `+${ref}:refs/remotes/${ref.replace(/^refs\/(heads\/)?/, (_, branch) => (branch ? 'origin/' : ''))}`;
if (env['INPUT_FETCH-DEPTH'] === '0') git('fetch', '--quiet', 'origin', ...everything, spec);
else git('fetch', '--quiet', '--depth=1', 'origin', spec);
const [, local] = spec.split(':');
const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
git('checkout', '--quiet', ...(branch === undefined ? ['--detach'] : ['-B', branch]), local);
