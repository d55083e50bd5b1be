// Deploys one version after the other to a branch until it is killed. Runs the compiled code.
import {
  decideChange,
  noteOf,
  openDeployBranch,
  renderDeployment,
  stageSettings,
} from '../../dist/deploy/index.js';
import { openRepository } from '../../dist/git/index.js';

const [folder, round] = process.argv.slice(2);
const repository = await openRepository(folder);
if (!repository.ok) throw new Error(repository.failure.message);
const patience = { tries: 5, pauseMs: [1, 10], random: Math.random, sleep: async () => undefined };
const branch = openDeployBranch({
  repository: repository.value,
  remote: undefined,
  branch: 'deploy/production',
  patience,
});
const digest = (digit) => `sha256:${String(digit).repeat(64)}`;
for (let i = 1; ; i++) {
  const counter = Number(round) * 1000 + i;
  const deployment = {
    model: 'heart-disease',
    version: `v1.${counter}.0`,
    digest: digest(1),
    assignment: { tag: `heart-disease#production#${counter}`, id: '1'.repeat(40), counter, by: '@ada' },
    lineage: {},
    provenance: { verdict: 'pass', because: 'a test says so' },
    image: { repository: 'example.org/a', digest: digest(2), port: 8080, user: '65532:65532' },
    settings: stageSettings({ name: 'production' }),
    log: { ports: [] },
  };
  const rendered = renderDeployment(deployment);
  const note = noteOf(deployment, new Date(1_700_000_000_000 + counter * 1000));
  const written = await branch.update((view) => decideChange(rendered, view), note);
  if (!written.ok) throw new Error(`${written.failure.code}: ${written.failure.message}`);
  process.stdout.write(`${counter}\n`);
}
