import { homedir } from 'node:os';
import path from 'node:path';

/** Folders of the workbench on this machine. */
export interface Places {
  /** New projects. */
  readonly projects: string;
  /** Settings, recent projects, an interrupted run. */
  readonly state: string;
  /** Thumbnails and pages; may be deleted at any time. */
  readonly cache: string;
  /** Files that a browser sent; those that no project uses are gone at the next start. */
  readonly uploads: string;
  /** The demo's model and pictures. */
  readonly demo: string;
}

/**
 * Where things lie: under TESSERA_HOME when it is set, else projects in the user's documents and the rest in the
 * places of the system. `electron` gives Electron's own idea of them.
 */
export function placesOf(
  demo: string,
  electron?: { readonly documents: string; readonly userData: string },
  environment: NodeJS.ProcessEnv = process.env,
): Places {
  const home = environment['TESSERA_HOME'];
  const state =
    home ??
    electron?.userData ??
    path.join(environment['XDG_CONFIG_HOME'] ?? path.join(homedir(), '.config'), 'tessera');
  const projects = home ?? path.join(electron?.documents ?? homedir(), 'Tessera');
  return {
    projects: path.resolve(projects, home === undefined ? '' : 'projects'),
    state: path.resolve(state, 'state'),
    cache: path.resolve(state, 'picture-cache'),
    uploads: path.resolve(state, 'uploads'),
    demo,
  };
}
