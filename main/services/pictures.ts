import { createHash } from 'node:crypto';
import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import type { Storage } from '../../core/platform.ts';
import type { PictureId, PictureSide, Preprocessing } from '../api/contract.ts';
import type { ComputeClient } from '../compute/client.ts';
import { parsePictureId, type PictureName } from '../compute/picture-ids.ts';
import type { EarlyImages, PictureQuestion } from '../compute/protocol.ts';
import type { ImageFile } from '../../core/images/folder-scan.ts';
import type { Projects } from './projects.ts';

const SIDES: readonly number[] = [96, 192, 384, 768, 1536] satisfies PictureSide[];
const USUAL_SIDE = 384;

/** What pictures are made from. */
export interface PictureContext {
  readonly storage: Storage;
  readonly cache: string;
  readonly viewer: ComputeClient;
  readonly projects: Projects;
  /** The images of a run that may not have ended. */
  readonly earlyImagesOf: (project: string, run: string) => EarlyImages | undefined;
  /** The file at a place of a scan. */
  readonly imageOf: (scan: string, index: number) => ImageFile | undefined;
}

/** Turns names of pictures into JPEG files in the cache, made where they are missing. */
export interface Pictures {
  /** The path of the file; rejects with 'unknown-name' for a name that nothing stands for. */
  fileOf(id: PictureId, side: string | null): Promise<string>;
  /** A name for a preprocessing, for pictures as the model gets them. */
  nameOf(preprocessing: Preprocessing): string;
}

/** Pictures whose files lie in a cache; several that want one picture at once wait for one job. */
export function createPictures(context: PictureContext): Pictures {
  const { storage, cache, viewer, projects, imageOf, earlyImagesOf } = context;
  const preprocessings = new Map<string, Preprocessing>();
  const making = new Map<string, Promise<unknown>>();

  const questionOf = (name: PictureName, side: number): PictureQuestion | undefined => {
    if (name.kind === 'file' || name.kind === 'fitted') {
      const file = imageOf(name.scan, name.index)?.path;
      if (file === undefined) return undefined;
      if (name.kind === 'file') return { kind: 'file', file, side };
      const preprocessing = preprocessings.get(name.as);
      return preprocessing && { kind: 'fitted', file, preprocessing, side };
    }
    const early = name.kind === 'crop' ? earlyImagesOf(name.project, name.run) : undefined;
    const earlyFile = early?.files[name.image];
    if (name.kind === 'crop' && early !== undefined && earlyFile !== undefined)
      return { kind: 'crop', file: earlyFile, preprocessing: early.preprocessing, box: name.box, side };
    const folder = projects.folderOf(name.project);
    return folder === undefined
      ? undefined
      : { kind: 'run', folder, key: name.project, runId: name.run, name, side };
  };

  const stampOf = async (question: PictureQuestion): Promise<readonly unknown[]> => {
    if (question.kind === 'run') return [];
    const { size, modifiedMs } = await storage.stat(question.file);
    return [size, modifiedMs];
  };

  return {
    async fileOf(id, sideText) {
      const side = sideText === null ? USUAL_SIDE : Number(sideText);
      const name = parsePictureId(id);
      const question = name && SIDES.includes(side) ? questionOf(name, side) : undefined;
      if (question === undefined) throw new TesseraError('unknown-name', 'There is no such picture.');
      const key = digest(JSON.stringify([question, await stampOf(question)]));
      const file = path.join(cache, key.slice(0, 2), `${key}.jpg`);
      if (await storage.exists(file)) return file;
      const work = making.get(file) ?? viewer.run('makePicture', { picture: question, path: file });
      making.set(file, work);
      try {
        await work;
      } finally {
        making.delete(file);
      }
      return file;
    },
    nameOf(preprocessing) {
      const name = digest(JSON.stringify(preprocessing)).slice(0, 12);
      preprocessings.set(name, preprocessing);
      return name;
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
