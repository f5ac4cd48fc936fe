import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Storage } from '../../core/platform.ts';
import type { PageId } from '../api/call-handler.ts';
import type { DocumentId, ReportChoice, SavedReport } from '../api/contract.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { RunQuestion } from '../compute/protocol.ts';
import type { Desktop } from './desktop.ts';
import type { JobFacts, LongJobs } from './long-jobs.ts';

/** A page that is yet to be written. */
export interface ReportPlace {
  readonly id: DocumentId;
  readonly file: string;
}

/** Pages and tables about runs: shown, saved, printed. */
export interface Reports {
  preview(question: RunQuestion, choice: ReportChoice, page?: PageId): Promise<DocumentId>;
  save(question: RunQuestion, choice: ReportChoice, page?: PageId): Promise<SavedReport>;
  print(question: RunQuestion, choice: ReportChoice, page?: PageId): Promise<SavedReport>;
  /** A place for a page that is written by itself, and the way to save it once it is there. */
  reserve(kind: string, extension?: string): Promise<ReportPlace>;
  saveReserved(id: DocumentId, name: string): Promise<SavedReport>;
  /** The file of a page that {@link preview} named. */
  fileOf(id: DocumentId): string | undefined;
  /** The last file saved. */
  readonly lastSaved: string | null;
}

/** Reports that the process of views writes into the cache. */
export function createReports(
  storage: Storage,
  cache: string,
  viewer: ComputeClient,
  desktop: Desktop,
  jobs: LongJobs,
): Reports {
  const files = new Map<DocumentId, string>();
  let lastSaved: string | null = null;

  const reserve = async (kind: string, about: unknown, extension = '.html'): Promise<ReportPlace> => {
    const id = `${kind}-${createHash('sha256')
      .update(JSON.stringify([about, Date.now()]))
      .digest('hex')
      .slice(0, 16)}`;
    const file = path.join(cache, 'documents', `${id}${extension}`);
    await storage.makeDirectory(path.dirname(file));
    return { id, file };
  };

  const write = async (
    question: RunQuestion,
    choice: ReportChoice,
    facts: Omit<JobFacts, 'folder'>,
  ): Promise<DocumentId> => {
    const { id, file } = await reserve('report', [question, choice]);
    await jobs.run({ ...facts, folder: question.folder }, (watch) =>
      viewer.run('writeReport', { ...choice, ...question, path: file }, watch),
    );
    files.set(id, file);
    return id;
  };

  const saveAs = async (target: string, bytes: Uint8Array): Promise<SavedReport> => {
    await storage.writeAtomic(target, bytes);
    lastSaved = target;
    return { path: target, document: null };
  };

  return {
    preview: (question, choice, page) => write(question, choice, { kind: 'preview', page, isLatest: true }),
    async save(question, choice, page) {
      const target = await desktop.chooseTarget(`${path.basename(question.folder, '.tessera')}.html`);
      if (target === null) return { path: null, document: null };
      const document = await write(question, choice, { kind: 'report', page });
      return target === undefined
        ? { path: null, document }
        : saveAs(target, await storage.readBytes(files.get(document)!));
    },
    async print(question, choice, page) {
      const target = await desktop.chooseTarget(`${path.basename(question.folder, '.tessera')}.pdf`);
      if (target === null) return { path: null, document: null };
      const document = await write(question, choice, { kind: 'report', page });
      return target === undefined
        ? { path: null, document }
        : saveAs(target, await desktop.print(files.get(document)!));
    },
    async reserve(kind, extension) {
      const place = await reserve(kind, files.size, extension);
      files.set(place.id, place.file);
      return place;
    },
    async saveReserved(id, name) {
      const target = await desktop.chooseTarget(name);
      if (target === null) return { path: null, document: null };
      return target === undefined
        ? { path: null, document: id }
        : saveAs(target, await storage.readBytes(files.get(id)!));
    },
    fileOf: (id) => files.get(id),
    get lastSaved() {
      return lastSaved;
    },
  };
}
