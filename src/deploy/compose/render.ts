import type { Json } from '../../base/index.ts';
import { digestOfBytes } from '../../base/index.ts';
import { memoryBytes, millicores } from '../../pipeline/index.ts';
import { balancerConfig } from '../balancer/balancer-config.ts';
import type { Deployment, RenderedFile } from '../deployment.ts';
import { imageReference } from '../deployment.ts';
import { lineageAnnotations } from '../kubernetes/labels.ts';
import { objectName } from '../object-name.ts';
import { accessPath, serverEnvironment } from '../server-environment.ts';
import { yamlText } from '../yaml-text.ts';

type Map = { readonly [key: string]: Json };

/** Where the balancer listens inside of its container. */
export const balancerPort = 8080;
/** Of nobody that any image knows. */
export const balancerUser = '65532:65532';
const defaultPort = 8080;

/**
 * Servers one by one and not as replicas of one service, so that they can be replaced one after the other. Without a
 * `balancer` of the stage there is nothing that could stand before them, and nothing is rendered.
 */
export function renderCompose(deployment: Deployment): readonly RenderedFile[] {
  const { settings, model } = deployment;
  if (settings.balancer === undefined) return [];
  const folder = `compose/${objectName(model)}`;
  const config = configOf(deployment);
  return [
    { path: `${folder}/compose.yaml`, text: yamlText(composeFile(deployment, settings.balancer, config)) },
    { path: `${folder}/haproxy.cfg`, text: config },
  ];
}

function serverNames({ settings }: Deployment): readonly string[] {
  return Array.from({ length: settings.replicas.min }, (_, i) => `server-${i + 1}`);
}

/** The same for every version, so that a new one does not restart the balancer. */
function configOf(deployment: Deployment): string {
  const { image, settings } = deployment;
  const names = serverNames(deployment);
  return balancerConfig({
    servers: names.map((name) => ({ name, host: name, port: image.port })),
    port: balancerPort,
    generation: names.join(','),
    drainSeconds: settings.drainSeconds,
  });
}

function composeFile(deployment: Deployment, balancer: string, config: string): Json {
  const { settings, model } = deployment;
  const names = serverNames(deployment);
  const port = settings.ports[model] ?? defaultPort;
  return {
    name: `${objectName(model)}-${settings.stage}`,
    services: {
      ...Object.fromEntries(names.map((name) => [name, serverService(deployment)])),
      balancer: {
        ...locked,
        image: balancer,
        // The official image and others agree on the name of the program, and on nothing else.
        entrypoint: ['haproxy'],
        command: ['-W', '-db', '-f', '/etc/haproxy-trainyard/haproxy.cfg'],
        user: balancerUser,
        depends_on: Object.fromEntries(names.map((name) => [name, { condition: 'service_started' }])),
        ports: [`${settings.address}:${port}:${balancerPort}`],
        volumes: ['./haproxy.cfg:/etc/haproxy-trainyard/haproxy.cfg:ro'],
        // A change of the mounted file is none for Compose; this is.
        labels: { 'trainyard.balancer.config': digestOfBytes(config) },
        deploy: { resources: { limits: { cpus: '1', memory: '256M', pids: 64 } } },
        stop_signal: 'SIGUSR1',
        stop_grace_period: `${settings.drainSeconds}s`,
      },
    },
  };
}

function serverService(deployment: Deployment): Map {
  const { image, settings, log } = deployment;
  const { cpu, memory } = settings.resources.limits;
  return {
    ...locked,
    image: imageReference(image),
    user: image.user,
    ...environmentOf(deployment),
    expose: [String(image.port)],
    ...(settings.envFile === undefined ? {} : { env_file: [settings.envFile] }),
    ...(settings.accessFile === undefined
      ? {}
      : {
          volumes: [
            {
              type: 'bind',
              source: settings.accessFile,
              target: accessPath,
              read_only: true,
              bind: { create_host_path: false },
            },
          ],
        }),
    tmpfs: [
      '/tmp:size=16m',
      ...(log.folder === undefined ? [] : [`${log.folder}:size=256m,uid=${image.user.split(':')[0]}`]),
    ],
    labels: { ...lineageAnnotations(deployment), 'trainyard.stage': settings.stage },
    deploy: {
      resources: {
        limits: { cpus: String(millicores(cpu) / 1000), memory: `${memoryBytes(memory)}b`, pids: 256 },
      },
    },
    stop_grace_period: `${settings.drainSeconds + 5}s`,
  };
}

/** A name without a value is passed on from where Compose is called. */
function environmentOf(deployment: Deployment): Map {
  const { settings } = deployment;
  const given = Object.entries(serverEnvironment(deployment, settings.accessFile)).flatMap(([name, value]) =>
    settings.env.includes(name) ? [] : [`${name}=${value}`],
  );
  return { environment: [...settings.env, ...given] };
}

/** No root, no rights, no disk that it can write; started again when it ends. */
const locked: Map = {
  cap_drop: ['ALL'],
  init: false,
  read_only: true,
  restart: 'unless-stopped',
  security_opt: ['no-new-privileges:true'],
};
