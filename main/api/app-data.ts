import type { DeviceChoice, DeviceName } from '../../core/platform.ts';
import type { ErrorCode } from '../../core/errors.ts';

/*
 * Plain data that crosses from the workbench to its views: the program itself. See contract.ts.
 */
/** A failure as it crosses a process boundary; stacks are kept in the log. */
export interface SerializedError {
  readonly name: string;
  /** 'internal' for our own mistakes, 'cancelled' where a person stopped it. */
  readonly code: ErrorCode | 'internal' | 'cancelled' | 'compute-lost';
  /** What happened, what was expected and what was got. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
}

/** How a call ended: its answer, or a failure as data. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: SerializedError };

/**
 * Names a picture. Its address is `/pictures/${id}?side=N` on the page's own origin, N one of {@link PictureSide}:
 * the longer side in pixels, 384 without it. The picture behind an id never changes, so it is cached for good.
 */
export type PictureId = string;
/** Sizes of pictures: the longer side in pixels. */
export type PictureSide = 96 | 192 | 384 | 768 | 1536;

/** Names a page to show in a frame or to download: `/documents/${id}`, with `?download` as a file. */
export type DocumentId = string;

/** Names a recent project. */
export type ProjectId = string;

export type { Screen } from '../../core/wording/screen-names.ts';
type Theme = 'system' | 'light' | 'dark';

/** The program, and where it runs. */
export interface AppInfo {
  readonly version: string;
  /** 'desktop' is Electron; 'browser' is a page of the loopback host, without file dialogs. */
  readonly host: 'desktop' | 'browser';
  /** As in Node: 'linux', 'darwin', 'win32', … */
  readonly platform: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** What opens above a screen: the list of keys, and what the program is. */
export type PanelName = 'keys' | 'about' | 'errors';

/** Choices that outlive a project. */
export interface Settings {
  readonly theme: Theme;
  /** Device of new runs. */
  readonly device: DeviceChoice;
  /** Opacity of maps over pictures, 0…1. */
  readonly mapOpacity: number;
}

/** A device of this machine, tried out. */
export interface DeviceReport {
  readonly name: DeviceName;
  readonly available: boolean;
  /** Why it cannot be used; empty when it can. */
  readonly reason: string;
  readonly detail: string;
  /** Relative to the CPU, on a small network. */
  readonly speed: number;
}

/** The process that computes. It may die without harm: a run is taken up again. */
export interface ComputeState {
  readonly status: 'idle' | 'starting' | 'ready' | 'busy' | 'restarting' | 'failed';
  /** Crashes since the last job that ended well. */
  readonly crashes: number;
  /** Seconds until the next attempt while 'restarting'. */
  readonly retryInSeconds?: number;
  /** What a person should know of the last crash. */
  readonly reason?: string;
}

/** A line of the log. */
export interface LogLine {
  /** Rises by one. */
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

/** A class, a label or a side, with what the model says of it: a probability, or a value where it tells none. */
export interface ClassScore {
  readonly index: number;
  readonly name: string;
  /** 0…1 */
  readonly probability?: number;
  readonly value?: number;
}
