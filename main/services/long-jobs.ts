import type { PageId } from '../api/call-handler.ts';
import type { JobChoice, LongJob } from '../api/contract.ts';
import type { JobOptions } from '../compute/client.ts';
import { kindsOf } from './job-kinds.ts';
import type { EventHub } from './events.ts';
import { projectName } from './project-name.ts';

/** What a piece of long work is. */
export interface JobFacts extends Pick<LongJob, 'kind' | 'folder'> {
  /** @default null */
  readonly subject?: string | null;
  /** The page that waits for it. */
  readonly page?: PageId | undefined;
  /** Takes the place of what the page waited for before of this kind. */
  readonly isLatest?: boolean;
}

/** What a client of a compute process is told, so that the work can be followed and given up. */
export type JobWatch = Required<Pick<JobOptions, 'signal' | 'onProgress' | 'onWait'>>;

/**
 * All work that takes long, beside the run: views see what it is, how far it is and what it waits for, and can give it
 * up. What one page gives up by its kind is its own and nothing of another's.
 */
export interface LongJobs {
  run<T>(facts: JobFacts, task: (watch: JobWatch) => Promise<T>): Promise<T>;
  readonly list: readonly LongJob[];
  cancel(choice: JobChoice, page?: PageId): void;
  /** Gives up all that belongs to a project. */
  cancelIn(folder: string): void;
}

/** Work that is done sooner is not told of: it would only flicker. */
const TELL_AFTER_MS = 300;

interface Entry {
  job: LongJob;
  readonly page: PageId | undefined;
  readonly own: AbortController;
  isTold: boolean;
}

/** Long work, told of by the event `jobs`. */
export function createLongJobs(events: EventHub): LongJobs {
  const entries = new Set<Entry>();
  let started = 0;
  const list = (): LongJob[] => [...entries].filter(({ isTold }) => isTold).map(({ job }) => job);
  const change = (entry: Entry, changes: Partial<LongJob>): void => {
    entry.job = { ...entry.job, ...changes };
    if (entry.isTold) events.emit('jobs', list());
  };
  const stop = (isMeant: (entry: Entry) => boolean): void => {
    for (const entry of [...entries].filter(isMeant)) {
      change(entry, { isStopping: true });
      entry.own.abort();
    }
  };
  const begin = ({ kind, folder, subject = null, page }: JobFacts): Entry => {
    const facts = { id: `job${++started}`, kind, subject, folder, projectName: projectName(folder) };
    const job = { ...facts, progress: null, waitsFor: [], isStopping: false };
    const entry = { job, page, own: new AbortController(), isTold: false };
    entries.add(entry);
    return entry;
  };
  return {
    async run(facts, task) {
      const { kind, page, isLatest = false } = facts;
      if (isLatest) stop((entry) => entry.page === page && entry.job.kind === kind);
      const entry = begin(facts);
      const tell = setTimeout(() => {
        entry.isTold = true;
        change(entry, {});
      }, TELL_AFTER_MS);
      try {
        return await task({
          signal: entry.own.signal,
          onProgress: (progress) => change(entry, { progress }),
          onWait: (ahead) => change(entry, { waitsFor: kindsOf(ahead) }),
        });
      } finally {
        clearTimeout(tell);
        entries.delete(entry);
        if (entry.isTold) events.emit('jobs', list());
      }
    },
    get list() {
      return list();
    },
    cancel(choice, page) {
      if ('id' in choice) stop(({ job }) => job.id === choice.id);
      else stop((entry) => entry.page === page && entry.job.kind === choice.kind);
    },
    cancelIn(folder) {
      stop(({ job }) => job.folder === folder);
    },
  };
}
