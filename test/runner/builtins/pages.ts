import { filesOf } from '../files.ts';
import { keep } from './artifacts.ts';
import type { Builtin } from './builtin.ts';
import { inputs, needsPermission } from './builtin.ts';

const pageUrl = (repository: string): string => {
  const [owner, name] = repository.split('/') as [string, string];
  return `https://${owner}.github.io/${name}/`;
};

export const configurePages: Builtin = {
  inputs: inputs({
    static_site_generator: '',
    generator_config_file: '',
    token: '${{ github.token }}',
    enablement: 'false',
  }),
  main: async (call) => {
    needsPermission(call, 'pages', 'read');
    const [, name] = call.state.frame.run.occasion.repository.split('/') as [string, string];
    call.output('base_url', pageUrl(call.state.frame.run.occasion.repository).replace(/\/$/, ''));
    call.output('base_path', `/${name}`);
  },
};

export const uploadPagesArtifact: Builtin = {
  inputs: inputs({
    name: 'github-pages',
    path: '_site/',
    'retention-days': '1',
    'include-hidden-files': 'false',
  }),
  main: async (call) => {
    const folder = call.inWorkspace(call.input('path'));
    const files = filesOf([folder], call.state.workspace, call.input('include-hidden-files') === 'true');
    if (files.length === 0) throw new Error(`there is no file below ${call.input('path')}`);
    keep(call, files, folder);
    call.output('artifact_id', call.open.outputs['artifact-id'] ?? '');
  },
};

/** Only from a job with an environment, with the rights that GitHub asks for. */
export const deployPages: Builtin = {
  inputs: inputs({
    token: '${{ github.token }}',
    timeout: '600000',
    error_count: '10',
    reporting_interval: '5000',
    artifact_name: 'github-pages',
    preview: 'false',
  }),
  main: async (call) => {
    needsPermission(call, 'pages', 'write');
    needsPermission(call, 'id-token', 'write');
    const { run } = call.state.frame;
    const name = call.input('artifact_name');
    if (!run.artifacts.some((artifact) => artifact.name === name)) {
      throw new Error(`No artifacts named "${name}" were found for this workflow run.`);
    }
    call.output('page_url', pageUrl(run.occasion.repository));
  },
};
