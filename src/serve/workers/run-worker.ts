import cluster from 'node:cluster';
import process from 'node:process';
import type { ServerProcess } from '../open-process.ts';
import { openProcess } from '../open-process.ts';
import type { ServerConfig } from '../server-config.ts';
import { openCalls } from './calls.ts';
import { cannotListen } from './failures.ts';
import type { FromWorker, Group, ToWorker } from './messages.ts';
import { inGroup } from './together.ts';

/** Milliseconds to wait for the metrics of all. */
const scrapeTime = 5000;
/** Milliseconds for the parent to let go of the socket. */
const releaseTime = 2000;
/** Milliseconds for the parent to look what is to be served and to load it. */
const lookTime = 300_000;

/** The life of a process that answers for a parent: it starts when it is told how, and ends with its parent. */
export function runWorker(file: URL): void {
  const scraped = openCalls<string>();
  const looked = openCalls<true>();
  let group: Group | undefined;
  let server: Promise<ServerProcess | undefined> = Promise.resolve(undefined);
  let isStopping = false;
  const tell = (message: FromWorker): void => {
    if (process.connected) process.send?.(message, undefined, {}, () => undefined);
  };

  /** A socket that nobody takes connections from still lets them in, and nobody answers those: the parent closes it first. */
  const released = async (): Promise<void> => {
    if (!process.connected) return;
    const gone = new Promise((resolve) => process.once('disconnect', resolve));
    tell({ kind: 'closing' });
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, releaseTime).unref())]);
  };

  const start = async (config: ServerConfig, canLook: boolean): Promise<ServerProcess | undefined> => {
    try {
      const look = async (): Promise<void> => {
        await looked.ask((call) => tell({ kind: 'look', call }), lookTime);
      };
      const opened = await openProcess(config, {
        file,
        ...(canLook ? { look } : {}),
        group: (own) => (group === undefined ? own : inGroup(own, group)),
        released,
        gather: async () => (await scraped.ask((call) => tell({ kind: 'scrape', call }), scrapeTime)) ?? '',
      });
      const { url, outcome } = opened;
      tell({ kind: 'started', url, outcome: plain(outcome), readiness: opened.readiness() });
      return opened;
    } catch (error) {
      const { cause: _, ...failure } = cannotListen(config.host, config.port, error);
      tell({ kind: 'failed', failure });
      process.disconnect();
      return undefined;
    }
  };

  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await (await server)?.[Symbol.asyncDispose]();
    process.exit(0);
  };

  process.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'start':
        server = start(message.config, message.canLook);
        return;
      case 'apply':
        void server.then(async (opened) => {
          if (opened === undefined) return;
          const outcome = plain(await opened.apply(message.plan));
          tell({ kind: 'applied', call: message.call, outcome, readiness: opened.readiness() });
        });
        return;
      case 'measure':
        void server.then(async (opened) => {
          if (opened !== undefined)
            tell({ kind: 'measured', call: message.call, metrics: await opened.metrics() });
        });
        return;
      case 'scraped':
        return scraped.answer(message.call, message.text);
      case 'looked':
        return looked.answer(message.call, true);
      case 'group':
        group = message.group;
        return;
      case 'stop':
        void stop();
    }
  });
  tell({ kind: 'here' });
  // Without it, the end of the channel would be the end of this process, with everything that it has not answered.
  if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
  process.on('disconnect', () => void stop());
  process.on('SIGTERM', () => void stop());
  // An interrupt of the terminal reaches the whole group of processes; the parent tells when to stop.
  process.on('SIGINT', () => undefined);
}

/** What can be sent: the cause of a failure may be anything. */
function plain(outcome: ServerProcess['outcome']): ServerProcess['outcome'] {
  const refused = outcome.refused.map((one) => {
    const { cause: _, ...failure } = one.failure;
    return { ...one, failure };
  });
  return { ...outcome, refused };
}
