import { defineStage } from '../stage.ts';
import { storedMaps, type MapsRequest } from './maps.ts';
import { partsStage } from './parts.ts';

/** Parts drawn in the images of their decomposition by one method, that of the option `maps`; each is stored by itself. */
export const partMapsStage = defineStage({
  name: 'part-maps',
  inputs: { parts: partsStage },
  facts: [],
  version: 4,
  label: ({ parent }) => `split-${parent.id}-maps`,
  compute: async (context, request: MapsRequest) => {
    const quiet = { ...context, onProgress: () => undefined };
    return (await storedMaps(quiet, context.images, context.options.maps[0], request)).maps;
  },
});
