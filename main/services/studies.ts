import { TesseraError } from '../../core/errors.ts';
import type { Storage } from '../../core/platform.ts';
import { createQueue } from '../../core/queue.ts';
import { thisProcess } from '../../core/runtime/this-process.ts';
import type { KioskState, ServedStudy, StudyApi, StudyKey } from '../api/contract.ts';
import type { ComputeClient } from '../compute/client.ts';
import { isLoopback, NETWORK_WARNING } from '../study-host/network-address.ts';
import { startStudyHost, type StudyHost } from '../study-host/study-host.ts';
import { KIOSK_KEYS, type Desktop } from './desktop.ts';
import type { EventHub } from './events.ts';
import type { Log } from './log.ts';
import type { Results } from './results.ts';

/** What studies need of the workbench. */
interface StudiesContext {
  readonly storage: Storage;
  readonly results: Pick<Results, 'projectOf'>;
  readonly viewer: Pick<ComputeClient, 'run'>;
  readonly events: EventHub;
  readonly log: Log;
  readonly desktop: Pick<Desktop, 'host' | 'openKiosk'>;
  /** Folder of the built page. */
  readonly studyPage: string;
}

/** Studies that participants answer now. */
export interface Studies extends StudyApi {
  close(): void;
}

/** A study that is served, and what for. */
interface Served {
  readonly key: StudyKey;
  readonly host: StudyHost;
  /** Links that were made since the program began, by participant. */
  readonly links: Map<number, string>;
  /** It ends when nothing of this is left. */
  readonly uses: Set<'links' | 'kiosk'>;
}

type Where = Partial<Pick<Parameters<StudyApi['serveStudy']>[0], 'address' | 'port'>>;

/** Serves studies from this process, each by one host, whatever it is served for. */
export function createStudies(context: StudiesContext): Studies {
  const { results, viewer, events, desktop } = context;
  const served = new Map<string, Served>();
  const inTurn = createQueue();

  const known = (key: StudyKey): Served | undefined => served.get(nameOf(key));
  const open = async (key: StudyKey, use: 'links' | 'kiosk', where: Where): Promise<Served> => {
    const one = known(key) ?? (await start(context, key, where));
    requireSame(one.host, where);
    served.set(nameOf(key), one);
    one.uses.add(use);
    return one;
  };
  const leave = async (key: StudyKey, use: 'links' | 'kiosk'): Promise<void> => {
    const one = known(key);
    if (one === undefined) return;
    one.uses.delete(use);
    if (one.uses.size === 0) {
      served.delete(nameOf(key));
      await one.host.close();
    }
    events.emit('study', key);
  };

  return {
    listStudies: async ({ project }) => viewer.run('listStudies', await results.projectOf(project)),
    async getServedStudy(query) {
      const one = known(query);
      return one?.uses.has('links') === true ? stateOf(one) : null;
    },
    serveStudy: ({ project, study, participants, first = 1, ...where }) =>
      inTurn(async () => {
        const one = await open({ project, study }, 'links', where);
        const wanted = Array.from({ length: participants }, (_, index) => first + index);
        const has = new Set(one.host.participants);
        await issue(
          one,
          wanted.filter((number) => !has.has(number)),
        );
        return stateOf(one);
      }),
    stopStudy: (key) => inTurn(() => leave(key, 'links').then(() => null)),
    renewStudyLink: ({ participant, ...key }) =>
      inTurn(async () => {
        const one = known(key);
        if (one === undefined)
          throw new TesseraError('bad-usage', `study: ${key.study} is not served.`, {
            hint: 'Serve it first.',
          });
        await issue(one, [participant]);
        return stateOf(one);
      }),
    withdrawParticipant: ({ participant, ...key }) =>
      inTurn(async () => {
        const one = known(key);
        if (one === undefined) return withdrawUnserved(context, key, participant);
        await one.host.withdraw(participant);
        return one.uses.has('links') ? stateOf(one) : null;
      }),
    startKiosk: ({ participant, ...key }) =>
      inTurn(async () => {
        requireKiosk(desktop, known(key));
        const one = await open(key, 'kiosk', {});
        const kiosk = new Kiosk(one);
        const link = await kiosk.seat(participant);
        await desktop.openKiosk({
          link,
          next: () => kiosk.next(),
          onEnd: () => void inTurn(() => leave(key, 'kiosk')),
        });
        return kiosk.state;
      }),
    close() {
      for (const { host } of served.values()) void host.close().catch(() => undefined);
      served.clear();
    },
  };
}

/** Which participant sits at the kiosk. */
class Kiosk {
  readonly #served: Served;
  #participant = 0;

  constructor(served: Served) {
    this.#served = served;
  }

  get state(): KioskState {
    return { participant: this.#participant, keys: KIOSK_KEYS };
  }

  /** The link of a participant; of the next one after the last here, unless it is said who: machines have numbers of their own. */
  async seat(participant?: number): Promise<string> {
    const { host } = this.#served;
    this.#participant = participant ?? (await host.nextParticipant(this.#participant + 1));
    return (await host.issue([this.#participant])).get(this.#participant)!;
  }

  /** The next participant's link; null as long as the present one is not done. */
  async next(): Promise<string | null> {
    const progress = await this.#served.host.progress();
    const present = progress.find(({ participant }) => participant === this.#participant);
    const isDone = present?.status === 'finished' || present?.status === 'withdrawn';
    return isDone ? this.seat() : null;
  }
}

async function start(context: StudiesContext, key: StudyKey, where: Where): Promise<Served> {
  const { storage, results, viewer, events, log, studyPage } = context;
  const { folder } = await results.projectOf(key.project);
  const opened = await viewer.run('openStudy', { folder, study: key.study });
  const host = await startStudyHost({
    study: opened.study,
    place: { storage, folder: opened.folder, sha256: opened.sha256 },
    self: thisProcess,
    page: studyPage,
    ...where,
    onInternal: (error) => log.write('error', `study: ${(error as Error).stack ?? String(error)}`),
  });
  host.onChange(() => events.emit('study', key));
  return { key, host, links: new Map(), uses: new Set() };
}

async function withdrawUnserved(
  { results, viewer, events }: StudiesContext,
  key: StudyKey,
  participant: number,
): Promise<null> {
  const { folder } = await results.projectOf(key.project);
  await viewer.run('withdrawParticipant', { folder, study: key.study, participant });
  events.emit('study', key);
  return null;
}

async function issue({ host, links }: Served, participants: readonly number[]): Promise<void> {
  for (const [participant, link] of await host.issue(participants)) links.set(participant, link);
}

async function stateOf({ key, host, links }: Served): Promise<ServedStudy> {
  const { address, port } = host;
  const participants = (await host.progress()).map((one) => ({
    ...one,
    link: one.isOpened ? null : (links.get(one.participant) ?? null),
  }));
  return { ...key, address, port, warning: isLoopback(address) ? null : NETWORK_WARNING, participants };
}

/** What is served already does not move: links lead to where it is. */
function requireSame({ address, port }: StudyHost, where: Where): void {
  const isSame =
    (where.address === undefined || where.address === address) &&
    (where.port === undefined || where.port === 0 || where.port === port);
  if (isSame) return;
  throw new TesseraError('bad-usage', `study: it is served already, at ${address}, port ${port}.`, {
    hint: 'Stop it first to serve it elsewhere.',
  });
}

function requireKiosk({ host }: Pick<Desktop, 'host'>, served: Served | undefined): void {
  if (served?.uses.has('kiosk') === true)
    throw new TesseraError('bad-usage', 'study: the kiosk is open already.', {
      hint: `Leave it by ${KIOSK_KEYS.leave}.`,
    });
  if (host === 'desktop') return;
  throw new TesseraError('bad-usage', 'study: a browser has no kiosk.', {
    hint: 'Serve the study, and open a link in a browser of its own; or open the project in the desktop program.',
  });
}

function nameOf({ project, study }: StudyKey): string {
  return `${project}/${study}`;
}
