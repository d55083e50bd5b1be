import { memoryBytes, millicores } from '../../pipeline/index.ts';
import { balancerPort, balancerUser } from '../compose/render.ts';
import type { Deployment } from '../deployment.ts';
import { accessPath, serverEnvironment } from '../server-environment.ts';
import type { Place } from './labels.ts';
import { labels, placeLabel, placeName, serverLabels } from './labels.ts';

/** No root, no rights, no disk that it can write; started again when it ends. */
const locked = [
  '--read-only',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges:true',
  '--restart=unless-stopped',
] as const;

export interface ServerPlan {
  /** Id of the image in this Docker. */
  readonly image: string;
  readonly generation: string;
  /** From 1. */
  readonly replica: number;
}

export function serverName(place: Place, { generation, replica }: Omit<ServerPlan, 'image'>): string {
  return `${placeName(place)}-${generation}-${replica}`;
}

/** `docker create` of one server: reached by the balancer by its name, and from this machine alone by a port of its own. */
export function serverArguments(deployment: Deployment, plan: ServerPlan): readonly string[] {
  const { model, settings, image, log } = deployment;
  const { cpu, memory } = settings.resources.limits;
  const place = { model, stage: settings.stage };
  const [uid] = image.user.split(':');
  return [
    'create',
    `--name=${serverName(place, plan)}`,
    `--network=${placeName(place)}`,
    `--publish=127.0.0.1::${image.port}`,
    ...locked,
    `--user=${image.user}`,
    '--tmpfs=/tmp:size=16m',
    ...(log.folder === undefined ? [] : [`--tmpfs=${log.folder}:size=256m,uid=${uid}`]),
    // Without a value: from the environment of this process, and never in an argument that others can list.
    ...settings.env.map((name) => `--env=${name}`),
    ...(settings.envFile === undefined ? [] : [`--env-file=${settings.envFile}`]),
    ...Object.entries(serverEnvironment(deployment, settings.accessFile)).flatMap(([name, value]) =>
      settings.env.includes(name) ? [] : [`--env=${name}=${value}`],
    ),
    ...(settings.accessFile === undefined
      ? []
      : [`--mount=type=bind,source=${settings.accessFile},target=${accessPath},readonly`]),
    `--cpus=${millicores(cpu) / 1000}`,
    `--memory=${memoryBytes(memory)}b`,
    `--memory-swap=${memoryBytes(memory)}b`,
    '--pids-limit=256',
    `--stop-timeout=${settings.drainSeconds + 5}`,
    ...labelArguments(serverLabels(deployment, plan)),
    plan.image,
  ];
}

export interface BalancerPlan {
  readonly image: string;
  readonly address: string;
  readonly port: number;
}

/** Folder of the configuration inside of the balancer: a volume, since all else is read-only. */
export const balancerFolder = '/balancer';
export const balancerFile = 'haproxy.cfg';

/** What cannot be changed while it runs: another one means another container. */
export function balancerFacts({ image, address, port }: BalancerPlan): string {
  return `${image} ${address}:${port}`;
}

/** `docker create` of the balancer: it is given its configuration before it is started. */
export function balancerArguments(place: Place, plan: BalancerPlan): readonly string[] {
  return [
    'create',
    `--name=${placeName(place)}-balancer`,
    `--network=${placeName(place)}`,
    `--publish=${plan.address}:${plan.port}:${balancerPort}`,
    ...locked,
    `--user=${balancerUser}`,
    `--volume=${balancerFolder}`,
    '--memory=256m',
    '--pids-limit=64',
    '--ulimit=nofile=16384:16384',
    '--stop-signal=SIGUSR1',
    ...labelArguments({
      [labels.role]: 'balancer',
      [labels.place]: placeLabel(place),
      [labels.balancer]: balancerFacts(plan),
      [labels.port]: String(plan.port),
    }),
    '--entrypoint=haproxy',
    plan.image,
    '-W',
    '-db',
    '-f',
    `${balancerFolder}/${balancerFile}`,
  ];
}

function labelArguments(all: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(all).map(([name, value]) => `--label=${name}=${value}`);
}
