import type { Json } from '../../base/index.ts';
import type { Deployment, RenderedFile } from '../deployment.ts';
import { commonLabels, lineageAnnotations } from '../kubernetes/labels.ts';
import { podBasics, serverContainer } from '../kubernetes/pod.ts';
import { objectName } from '../object-name.ts';
import { yamlText } from '../yaml-text.ts';

/**
 * For clusters with KServe: the same container as its predictor. KServe makes the Deployment, the Service and the
 * autoscaler; it speaks the Open Inference Protocol V2 to the container, which the server answers.
 */
export function renderKserve(deployment: Deployment): readonly RenderedFile[] {
  const folder = `kserve/${objectName(deployment.model)}`;
  return [{ path: `${folder}/inference-service.yaml`, text: yamlText(inferenceService(deployment)) }];
}

function inferenceService(deployment: Deployment): Json {
  const { model, settings, image } = deployment;
  const { min, max } = settings.replicas;
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: {
      name: objectName(model),
      namespace: settings.namespace,
      labels: commonLabels(deployment),
      annotations: {
        ...lineageAnnotations(deployment),
        // Plain Deployments: what a custom container needs works there without Knative.
        'serving.kserve.io/deploymentMode': 'RawDeployment',
        'serving.kserve.io/enable-prometheus-scraping': String(settings.monitoring),
        'prometheus.kserve.io/path': '/metrics',
        'prometheus.kserve.io/port': String(image.port),
      },
    },
    spec: {
      predictor: {
        ...podBasics(deployment),
        minReplicas: min,
        maxReplicas: max,
        scaleMetric: 'cpu',
        scaleTarget: 70,
        containers: [serverContainer(deployment, 'kserve-container')],
      },
    },
  };
}
