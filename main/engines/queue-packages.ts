import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { TesseraError } from '../../core/errors.ts';

/*
 * BullMQ and ioredis are no part of Tessera: who wants a queue installs them beside it, or in the folder that commands are
 * started in. What is used of them is written down here.
 */

/** One job of a queue, as far as it is looked at. */
export interface QueueJob {
  readonly id?: string;
  readonly data: unknown;
  getState(): Promise<string>;
  remove(): Promise<void>;
}

interface Closable {
  close(force?: boolean): Promise<void>;
  on(event: string, listener: (...values: never[]) => void): unknown;
}
interface Queue extends Closable {
  add(name: string, data: object, options: object): Promise<QueueJob>;
  getJob(id: string): Promise<QueueJob | undefined>;
}
interface Connection {
  ping(): Promise<string>;
  disconnect(): void;
  on(event: string, listener: (error: Error) => void): unknown;
}

interface BullMq {
  readonly Queue: new (name: string, options: object) => Queue;
  readonly Worker: new (name: string, work: (job: QueueJob) => Promise<void>, options: object) => Closable;
  readonly UnrecoverableError: new (message: string) => Error;
}
interface IoRedis {
  readonly Redis: new (url: string, options: object) => Connection;
}

/** A Redis server, and the queue library. */
export interface QueueServer extends BullMq {
  /** For a queue or a worker, which use one each. */
  connect(): Connection;
}

/** Where a Redis server is, as "rediss://:PASSWORD@HOST:6379", and whose certificates it may show beside those of the system. */
export interface RedisPlace {
  readonly url: string;
  readonly ca?: string | undefined;
}

/** How long a server may be gone, in attempts, at most a second apart. */
const RECONNECTS = 120;

/**
 * Loads the queue library and makes sure that the server answers.
 *
 * Throws TesseraError 'bad-usage' where the packages are missing, for a URL that is none, and for a password that is refused;
 * 'storage' where the server cannot be reached.
 */
export async function openQueueServer({ url, ca }: RedisPlace): Promise<QueueServer> {
  if (!/^rediss?:\/\/./.test(url))
    throw new TesseraError('bad-usage', '--redis takes the address of a Redis server.', {
      hint: 'redis://:PASSWORD@HOST:6379, or rediss:// for TLS; it may also stand in the variable TESSERA_REDIS.',
    });
  const bullmq = await load<BullMq>('bullmq');
  const { Redis } = await load<IoRedis>('ioredis');
  const authority = ca === undefined ? undefined : await readFile(ca, 'utf8');
  const connect = (attempts = RECONNECTS): Connection => {
    const connection = new Redis(url, {
      maxRetriesPerRequest: null,
      retryStrategy: (times: number) => (times > attempts ? null : Math.min(1000, 50 * times)),
      ...(authority !== undefined && { tls: { ca: authority } }),
    });
    // Each failure is told by whoever waits for an answer.
    connection.on('error', () => undefined);
    return connection;
  };
  const trial = connect(5);
  // What went wrong is told as an event; a call only learns that the connection is closed.
  let cause: Error | undefined;
  trial.on('error', (error) => (cause = error));
  try {
    await trial.ping();
  } catch (error) {
    throw unreachable(url, cause ?? (error as Error));
  } finally {
    trial.disconnect();
  }
  return { ...bullmq, connect };
}

/** Why a Redis server does not answer, without its password. */
export function unreachable(url: string, { message }: Error): TesseraError {
  const { host } = new URL(url);
  const why = message.replace(/\.$/, '');
  if (/NOAUTH|WRONGPASS|NOPERM/.test(message))
    return new TesseraError('bad-usage', `Redis at ${host} refuses the password: ${why}.`, {
      hint: 'Write it into the address: redis://:PASSWORD@HOST:6379.',
    });
  return new TesseraError('storage', `Redis at ${host} cannot be reached: ${why}.`, {
    hint: 'Start it, or see whether address, port and TLS (rediss://) are right.',
  });
}

/** Why there can be no queue here, as far as packages go; undefined where they are installed. */
export function missingPackage(): TesseraError | undefined {
  const name = ['bullmq', 'ioredis'].find((one) => placeOf(one) === undefined);
  return name === undefined ? undefined : notInstalled(name);
}

async function load<Module>(name: string): Promise<Module> {
  const file = placeOf(name);
  if (file === undefined) throw notInstalled(name);
  return (await import(pathToFileURL(file).href)) as Module;
}

function placeOf(name: string): string | undefined {
  for (const from of [import.meta.filename, path.join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from).resolve(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}

function notInstalled(name: string): TesseraError {
  return new TesseraError('bad-usage', `The package ${name} is not installed, which a queue needs.`, {
    hint: 'npm install --ignore-scripts bullmq@6 ioredis@5, in the folder of Tessera or in the one that you start commands in.',
  });
}
