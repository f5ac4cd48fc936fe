import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { TesseraError } from '../../core/errors.ts';
import type { Storage } from '../../core/platform.ts';
import { openProject, type Project } from '../../core/project/project-folder.ts';
import type { ProjectFile } from '../../core/project/schema.ts';
import type { RecentProject } from '../api/contract.ts';
import type { ComputeClient } from '../compute/client.ts';
import { pictureId } from '../compute/picture-ids.ts';
import { serializeError } from '../api/serialize-error.ts';
import type { Places } from './places.ts';
import { projectName } from './project-name.ts';
import { storedValue } from './stored-value.ts';
import { shownName } from '../../core/wording/shown-name.ts';

const RECENT = z.array(z.object({ folder: z.string(), openedAt: z.string() }));
const KEPT = 24;
const THUMBNAILS = 4;

/** Project folders: names for pictures, a place for new ones, and those that were open before. */
export interface Projects {
  /** A project and the key that stands for it in names of pictures. */
  open(folder: string): Promise<{ readonly project: Project; readonly key: string }>;
  /** The folder of a key that {@link open} gave. */
  folderOf(key: string): string | undefined;
  /** Where a model's project is or would be made. */
  folderFor(model: { readonly path: string; readonly sha256: string }): Promise<string>;
  /**
   * Where a project of a model and images is made: nowhere that there is another, nor where `taken` is to be made. The
   * same model with the same images is the same project.
   */
  folderForNew(
    model: { readonly path: string; readonly sha256: string },
    images: readonly string[],
    taken: string | null,
  ): Promise<string>;
  remember(folder: string): Promise<void>;
  forget(id: string): Promise<void>;
  recent(): Promise<readonly RecentProject[]>;
  /** Folders of the recent ones alone: nothing of them is read. */
  recentFolders(): Promise<readonly string[]>;
  recentFolder(id: string): Promise<string>;
}

/** Projects of this machine; the list of recent ones is kept in a file. */
export function createProjects(
  storage: Storage,
  { projects, state, uploads }: Pick<Places, 'projects' | 'state' | 'uploads'>,
  viewer: ComputeClient,
): Projects {
  const folders = new Map<string, string>();
  const stored = storedValue(storage, path.join(state, 'recent.json'), RECENT, []);

  const open: Projects['open'] = async (folder) => {
    const project = await openProject(storage, folder);
    // A project made anew in the same place has other pictures.
    const key = hash(`${folder}\n${project.file.created}`);
    folders.set(key, folder);
    return { project, key };
  };

  const describe = async ({ folder, openedAt }: z.infer<typeof RECENT>[number]): Promise<RecentProject> => {
    const facts = {
      id: hash(folder),
      name: projectName(folder),
      folder,
      openedAt,
    };
    try {
      const { project, key } = await open(folder);
      const runs = (await viewer.run('listRuns', { folder, key })).filter(({ isFinished }) => isFinished);
      const images = runs.at(0)?.images ?? 0;
      return {
        ...facts,
        modelName: shownName(path.basename(project.file.model.path)),
        classNames: [...new Set(runs.flatMap(({ className }) => className ?? []))],
        thumbnails: Array.from({ length: Math.min(THUMBNAILS, images) }, (_, image) =>
          pictureId({ kind: 'image', project: key, run: runs[0].runId, image }),
        ),
      };
    } catch (error) {
      return {
        ...facts,
        modelName: '',
        classNames: [],
        thumbnails: [],
        problem: serializeError(error).message,
      };
    }
  };

  return {
    open,
    folderOf: (key) => folders.get(key),

    folderFor: ({ path: modelPath, sha256 }) =>
      firstFolder(
        storage,
        projects,
        nameOf(modelPath, uploads),
        (file) => file === undefined || file?.model.sha256 === sha256,
      ),

    folderForNew({ path: modelPath, sha256 }, images, taken) {
      const own = JSON.stringify(images.map((root) => storage.resolve(root)).sort());
      return firstFolder(storage, projects, nameOf(modelPath, uploads), (file, folder) => {
        if (file === undefined) return folder !== taken;
        const isSame = file?.model.sha256 === sha256;
        return isSame && JSON.stringify([...file.imageRoots].sort()) === own;
      });
    },

    async remember(folder) {
      const others = (await stored.get()).filter((entry) => entry.folder !== folder);
      await stored.set([{ folder, openedAt: new Date().toISOString() }, ...others].slice(0, KEPT));
    },
    async forget(id) {
      await stored.set((await stored.get()).filter(({ folder }) => hash(folder) !== id));
    },
    async recent() {
      return Promise.all((await stored.get()).map(describe));
    },
    recentFolders: async () => (await stored.get()).map(({ folder }) => folder),
    async recentFolder(id) {
      const entry = (await stored.get()).find(({ folder }) => hash(folder) === id);
      if (entry !== undefined) return entry.folder;
      throw new TesseraError('unknown-name', 'This project is no longer in the list.');
    },
  };
}

/** The first folder of a name that fits; `file` is null where there is something else than a project. */
async function firstFolder(
  storage: Storage,
  parent: string,
  name: string,
  isFit: (file: ProjectFile | null | undefined, folder: string) => boolean,
): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = path.join(parent, `${name}${number === 1 ? '' : `-${number}`}.tessera`);
    const isThere = await storage.exists(folder);
    const project = isThere ? await openProject(storage, folder).catch(() => null) : undefined;
    if (isFit(project === null ? null : project?.file, folder)) return folder;
  }
}

/** "bird.onnx" gives "bird"; "bird/model.onnx" gives it too, unless a browser sent the file alone. */
function nameOf(modelPath: string, uploads: string): string {
  const stem = path.basename(modelPath).replace(/\.onnx$/i, '');
  const folder = path.dirname(modelPath);
  const isTold = stem.toLowerCase() !== 'model' || path.dirname(folder) === uploads;
  const name = isTold ? stem : path.basename(folder);
  return name.replace(/[^\p{L}\p{N}._ -]/gu, '_') || 'model';
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
