import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TesseraError } from '../../core/errors.ts';
import type { Lock, ProcessIdentity } from '../../core/project/lock-file.ts';
import { notBegun } from '../../core/project/participant-withdrawal.ts';
import { lockStudy } from '../../core/project/study-lock.ts';
import type { Study } from '../../core/study/study.ts';
import { ignore, send } from '../http/messages.ts';
import { plain } from '../http/resource.ts';
import { Links } from './links.ts';
import { hostName, isLoopback, LOOPBACK, ownAddresses, requireOneAddress } from './network-address.ts';
import { answerRequest, type RouteContext } from './routes.ts';
import { Seat, type SeatState } from './seat.ts';

/** What is served, and where. */
export interface StudyHostOptions extends Pick<RouteContext, 'place' | 'page' | 'onInternal'> {
  readonly study: Study;
  /** Who serves: nobody else may meanwhile. */
  readonly self: ProcessIdentity;
  /** @default 127.0.0.1: this machine alone. */
  readonly address?: string | undefined;
  /** @default that of the last time, else any free one (0) */
  readonly port?: number | undefined;
}

/** How far the participant with a link is. */
export interface ParticipantProgress extends SeatState {
  readonly participant: number;
  /** Has the link been opened? */
  readonly isOpened: boolean;
}

/** A study that participants can answer. */
export interface StudyHost {
  readonly address: string;
  readonly port: number;
  /** Numbers that have a link. */
  readonly participants: readonly number[];
  /** New links for these participants, by number: a link of before that was not opened is worth nothing any more. */
  issue(participants: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** The lowest number, from one on, of which nobody has begun nor opened a link. */
  nextParticipant(from: number): Promise<number>;
  progress(): Promise<readonly ParticipantProgress[]>;
  /** Deletes what a participant answered; rejects with 'unknown-name' where they have not begun. */
  withdraw(participant: number): Promise<void>;
  /** Calls the listener whenever a participant has done something; returns how to end that. */
  onChange(listener: (participant: number) => void): () => void;
  close(): Promise<void>;
}

/** Nobody needs longer for a few hundred bytes. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 15_000 };
const MOST_CONNECTIONS = 1000;
const HELD_HINT = 'Stop that one first. Copies of a study on several machines are merged by the analysis.';

/**
 * Serves the participants' page of a study.
 *
 * Throws   TesseraError 'bad-project' while another host serves the study; 'bad-usage' for an address or port that cannot be had.
 */
export async function startStudyHost(options: StudyHostOptions): Promise<StudyHost> {
  const { place, self, address = LOOPBACK } = options;
  requireOneAddress(address);
  const lock = await lockStudy(place, self, HELD_HINT);
  try {
    const links = await Links.open(place);
    const server = createServer(TIMEOUTS);
    server.maxConnections = MOST_CONNECTIONS;
    await listen(server, options.port ?? links.port, address);
    return await opened(options, links, server, lock);
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

async function opened(
  options: StudyHostOptions,
  links: Links,
  server: Server,
  lock: Lock,
): Promise<StudyHost> {
  const { study, place, address = LOOPBACK } = options;
  const { port } = server.address() as AddressInfo;
  if (port !== links.port) await links.keepPort(port);
  const seats = new Map<number, Seat>();
  const listeners = new Set<(participant: number) => void>();
  const seatOf = (participant: number): Seat => {
    const seat = seats.get(participant) ?? new Seat(study, place, participant);
    seats.set(participant, seat);
    return seat;
  };
  const tell = (participant: number): void => listeners.forEach((listener) => listener(participant));
  const names = isLoopback(address) ? [LOOPBACK, 'localhost'] : [];
  const hosts = [...new Set([address, ...names])].map((name) => hostName(name, port));
  const context = { ...options, links, hosts, port, seatOf, tell };
  // A connection may break at any moment, whoever holds it: an error that nobody hears would end the host.
  server.on('connection', (socket) => socket.on('error', ignore));
  server.on('request', (request, response) => {
    void answerRequest(context, request)
      .catch((error: unknown) => {
        options.onInternal?.(error);
        return plain(500, 'It failed. Please tell the researcher.');
      })
      .then((resource) => send(response, resource));
  });
  const stateOf = async (participant: number): Promise<ParticipantProgress> => ({
    participant,
    isOpened: links.isOpened(participant),
    ...(await seatOf(participant).state()),
  });
  return {
    address,
    port,
    get participants() {
      return links.participants;
    },
    async issue(participants) {
      const tokens = await links.issue(participants);
      const linkOf = ([number, token]: [number, string]): [number, string] => [
        number,
        `http://${hostName(address, port)}/p/${number}/#${token}`,
      ];
      return new Map([...tokens].map(linkOf));
    },
    async nextParticipant(from) {
      for (let number = from; ; number++) {
        const { status, isOpened } = await stateOf(number);
        if (status === 'waiting' && !isOpened) return number;
      }
    },
    progress: () => Promise.all(links.participants.map(stateOf)),
    async withdraw(participant) {
      const seat = seatOf(participant);
      if ((await seat.state()).status === 'waiting') throw await notBegun(place, participant);
      await seat.act({ kind: 'withdraw' });
      tell(participant);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      // What was asked before is kept before another host may begin.
      await Promise.all([...seats.values()].map((seat) => seat.state().catch(() => undefined)));
      await lock.release().catch(() => undefined);
    },
  };
}

async function listen(server: Server, port: number, address: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
  } catch (cause) {
    throw cannotListen(cause as NodeJS.ErrnoException, port, address);
  }
}

function cannotListen(cause: NodeJS.ErrnoException, port: number, address: string): TesseraError {
  if (cause.code === 'EADDRINUSE')
    return new TesseraError('bad-usage', `study: port ${port} of ${address} is in use.`, {
      hint: 'Close what uses it, or give another port; links that lead to this one are then worth nothing.',
      options: ['port'],
      cause,
    });
  const reason = cause.code === 'EACCES' ? 'the system does not permit it' : cause.message;
  return new TesseraError('bad-usage', `study: cannot serve at ${address}, port ${port}: ${reason}.`, {
    hint: ownAddresses(),
    cause,
  });
}
