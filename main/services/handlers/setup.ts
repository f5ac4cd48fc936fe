import { optionControls } from '../../api/setup-options.ts';
import { refusalOfFile } from '../dropped-paths.ts';
import type { Part, Services } from './services.ts';

/** What the next run is about. */
export function setupHandlers({
  setup,
  desktop,
  settings,
  recalled,
}: Pick<Services, 'setup' | 'desktop' | 'settings' | 'recalled'>): Part<
  | 'getSetup'
  | 'addPaths'
  | 'unusableFiles'
  | 'answerImages'
  | 'takeBackProject'
  | 'chooseFiles'
  | 'removeImages'
  | 'refreshImages'
  | 'clearSetup'
  | 'choosePreprocessing'
  | 'chooseLabels'
  | 'listOptions'
  | 'setOptions'
  | 'compareWith'
  | 'undoSetup'
  | 'inspectModel'
> {
  return {
    async getSetup() {
      await recalled;
      return setup.setup;
    },
    addPaths: ({ paths, images: way, unsent = [] }) =>
      setup.addPaths(paths, { unsent, ...(way !== undefined && { way }) }),
    unusableFiles: ({ names }) =>
      Promise.resolve(names.filter((name) => refusalOfFile(name, names) !== undefined)),
    answerImages: ({ way }) => setup.answerImages(way),
    takeBackProject: ({ key }) => setup.takeBackProject(key),
    async chooseFiles({ what, images: way }) {
      const paths = await desktop.chooseFiles(what);
      if (paths.length === 0) return setup.setup;
      if (what === 'reference' || what === 'references') return setup.compareWith(paths[0]);
      return setup.addPaths(paths, way === undefined ? {} : { way });
    },
    removeImages: ({ root }) => setup.removeImages(root),
    refreshImages: () => setup.refreshImages(),
    clearSetup: async () => setup.clear((await settings.get()).device),
    choosePreprocessing: ({ preprocessing }) => setup.choosePreprocessing(preprocessing),
    chooseLabels: ({ path: file }) => setup.chooseLabels(file),
    listOptions: () => Promise.resolve(optionControls()),
    setOptions: (changes) => setup.setOptions(changes),
    compareWith: ({ path: reference }) => setup.compareWith(reference),
    undoSetup: () => setup.undo(),
    inspectModel: () => setup.inspectModel(),
  };
}
