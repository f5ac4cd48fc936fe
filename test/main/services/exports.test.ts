import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { createEventHub } from '../../../main/services/events.ts';
import { createExports } from '../../../main/services/exports.ts';
import { createLongJobs } from '../../../main/services/long-jobs.ts';
import { createReports } from '../../../main/services/reports.ts';
import { createResources } from '../../../main/services/resources.ts';

const question = { folder: '/projects/photos.tessera', key: 'k', runId: 'run1' };

/** Exports whose files a compute process has written as it should, and where a person wants them. */
async function exporting(target: (name: string) => string | null | undefined) {
  const cache = await mkdtemp(path.join(tmpdir(), 'tessera-exports-'));
  onTestFinished(() => rm(cache, { recursive: true }));
  await mkdir(path.join(cache, 'documents'), { recursive: true });
  const names: string[] = [];
  const compute = {
    run: async (_name: string, { path: file }: { readonly path: string }) => {
      await writeFile(file, 'filepath\n/photos/1.jpg\n');
      return null;
    },
  };
  const desktop = {
    chooseTarget: (name: string) => {
      names.push(name);
      return Promise.resolve(target(name));
    },
  };
  const storage = fileStorage;
  const jobs = createLongJobs(createEventHub());
  type Given = Parameters<typeof createReports>;
  const reports = createReports(storage, cache, compute as never, desktop as unknown as Given[3], jobs);
  const exports = createExports(storage, { runner: compute, viewer: compute } as never, jobs, reports);
  const resources = createResources({ pictures: {} as never, reports }, cache);
  return { cache, names, exports, resources };
}

describe('an export', () => {
  it('goes where the person says on the desktop, and nowhere where the dialog is closed', async () => {
    const wanted = await mkdtemp(path.join(tmpdir(), 'tessera-wanted-'));
    onTestFinished(() => rm(wanted, { recursive: true }));
    const { exports, names } = await exporting((name) => path.join(wanted, name));
    const saved = await exports.run(question, 'images.csv');
    expect(names).toEqual(['photos run1 images.csv']);
    expect(await readFile(saved.path!, 'utf8')).toBe('filepath\n/photos/1.jpg\n');
    const closed = await exporting(() => null);
    expect(await closed.exports.paths(question, [0])).toEqual({ path: null, document: null });
  });

  it('is handed to a browser as a file, not as a page', async () => {
    const { exports, resources } = await exporting(() => undefined);
    const { path: file, document } = await exports.paths(question, [0]);
    expect(file).toBeNull();
    const found = await resources(new URL(`http://localhost/documents/${document}?download`));
    expect(found.status).toBe(200);
    expect(found.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
    });
    expect(Buffer.from(found.body).toString()).toContain('/photos/1.jpg');
  });
});
