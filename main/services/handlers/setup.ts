import { optionControls } from '../../api/setup-options.ts';
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
  | 'chooseFiles'
  | 'removeImages'
  | 'clearSetup'
  | 'choosePreprocessing'
  | 'chooseLabels'
  | 'listOptions'
  | 'setOptions'
  | 'undoSetup'
  | 'inspectModel'
> {
  return {
    async getSetup() {
      await recalled;
      return setup.setup;
    },
    addPaths: ({ paths }) => setup.addPaths(paths),
    async chooseFiles({ what }) {
      const paths = await desktop.chooseFiles(what);
      return paths.length === 0 ? setup.setup : setup.addPaths(paths);
    },
    removeImages: ({ root }) => setup.removeImages(root),
    clearSetup: async () => setup.clear((await settings.get()).device),
    choosePreprocessing: ({ preprocessing }) => setup.choosePreprocessing(preprocessing),
    chooseLabels: ({ path: file }) => setup.chooseLabels(file),
    listOptions: () => Promise.resolve(optionControls()),
    setOptions: (changes) => setup.setOptions(changes),
    undoSetup: () => setup.undo(),
    inspectModel: () => setup.inspectModel(),
  };
}
