import type { Deployment } from '../deployment.ts';
import { objectName } from '../object-name.ts';

type Texts = Readonly<Record<string, string>>;

/** What never changes from one version to the next: selectors are made of these. */
export function selectorLabels({ model, settings }: Deployment): Texts {
  const name = objectName(model);
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': `${name}-${settings.stage}` };
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export function commonLabels(deployment: Deployment): Texts {
  return {
    ...selectorLabels(deployment),
    'app.kubernetes.io/component': 'prediction-server',
    'app.kubernetes.io/managed-by': 'trainyard',
    'app.kubernetes.io/version': labelValue(deployment.version),
  };
}

/** From a running server back to everything that it comes from. */
export function lineageAnnotations({
  model,
  version,
  digest,
  assignment,
  lineage,
}: Deployment): Readonly<Record<string, string>> {
  const { run, commit, record } = lineage;
  return {
    'trainyard.model': model,
    'trainyard.version': version,
    'trainyard.digest': digest,
    'trainyard.tag': assignment.tag,
    ...(run === undefined ? {} : { 'trainyard.run': run }),
    ...(commit === undefined ? {} : { 'trainyard.commit': commit }),
    ...(record === undefined ? {} : { 'trainyard.record': record }),
  };
}

/** Values of labels have no `+`, which a semantic version may have, and 63 characters at most. */
function labelValue(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .slice(0, 63)
    .replace(/[^A-Za-z0-9]+$/, '');
}
