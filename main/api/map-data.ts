import type { PictureId } from './app-data.ts';
import type { SavedReport } from './report-data.ts';
import type { RunKey } from './run-data.ts';

/*
 * Plain data about a run's images and concepts on a plane, about groups of its images, and about what is exported. See
 * contract.ts.
 */

/**
 * By what images are near each other: how much of each concept is in them (a share of the most in any), or what each concept
 * does to the score (in units of the score).
 */
export type MapSpace = 'amounts' | 'contributions';

/** Which images of a run: those that it explained, or all that it was given. */
export type MapImages = 'explained' | 'all';

/** A map of some images of a run. */
export interface MapQuery extends RunKey {
  readonly space: MapSpace;
  readonly images: MapImages;
}

/**
 * How points came about. 'plane': a linear projection. 'neighbours': near is kept near, other distances mean little.
 * 'too-few', 'equal': there are none.
 */
export type PlaneMethod = 'plane' | 'neighbours' | 'too-few' | 'equal';

/** How far a map can be read. */
interface MapFacts {
  readonly method: PlaneMethod;
  /** Of a plane: the share of the spread that it keeps, 0…1. */
  readonly share: number | null;
}

/** Images of a run on a plane. */
export interface ImageMap extends MapFacts {
  /** By place in {@link RunImages}; those that could be read. */
  readonly images: readonly number[];
  /** x and y of each, one after another. */
  readonly points: readonly number[];
  /** Images laid out themselves, where the others were placed by what they are like. */
  readonly laidOut: number | null;
  /** Images that could not be read, or are not what they were. */
  readonly skipped: number;
}

/** Concepts of a run on a plane, by their directions. */
export interface ConceptMapPlane extends MapFacts {
  readonly points: readonly { readonly concept: string; readonly x: number; readonly y: number }[];
}

/** What a concept does to the score in a group of images, and in the others, on average. */
export interface GroupReason {
  readonly concept: string;
  readonly mean: number;
  readonly elsewhere: number;
}

/** Images whose decisions come about in like ways. */
export interface ImageGroupItem {
  /** By place in {@link RunImages}, the most typical first. */
  readonly images: readonly number[];
  /** The pictures of the most typical ones. */
  readonly cover: readonly PictureId[];
  /** Images whose folder names a class, and those of them that are called something else. */
  readonly known: number;
  readonly wrong: number;
  /** What sets it apart most. */
  readonly reasons: readonly GroupReason[];
}

/** Groups of a run's images by what each concept does to their score. */
export interface ImageGroupsView {
  readonly status: 'groups' | 'none' | 'too-few';
  /** The largest first; empty where there are none. */
  readonly groups: readonly ImageGroupItem[];
  /** Images that were looked at: answered as the run explains, or of a folder that says so. */
  readonly looked: number;
  /** Mean silhouette, and the most that images without groups would reach; null where it was not measured. */
  readonly silhouette: number | null;
  readonly usual: number | null;
}

/** A file of an export: tables and arrays of a run, or its model with the concepts as further outputs and what goes with it, packed. */
export type ExportFile = 'images.csv' | 'concepts.csv' | 'run.npz' | 'run.safetensors' | 'monitor.zip';

/** The methods of the contract about maps, groups and exports. */
export interface MapApi {
  /** Long work of the kind `map` the first time; at once after that. */
  getImageMap(query: MapQuery): Promise<ImageMap>;
  getConceptMap(query: RunKey): Promise<ConceptMapPlane>;
  /** Long work of the kind `groups` the first time. */
  getImageGroups(query: RunKey & { readonly images: MapImages }): Promise<ImageGroupsView>;
  /** How much of a concept is in each image of a map, in its order. */
  getMapAmounts(
    query: RunKey & { readonly images: MapImages; readonly concept: string },
  ): Promise<readonly number[]>;
  /** Saves a run as a table or as arrays, by the system's dialog, or as a file to download. Long work of the kind `export`. */
  exportRun(query: RunKey & { readonly file: ExportFile }): Promise<SavedReport>;
  /** Saves the paths of some images as a table. */
  exportPaths(query: RunKey & { readonly images: readonly number[] }): Promise<SavedReport>;
}
