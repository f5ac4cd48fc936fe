/** What a method must be able to ask of the model. */
export type MethodNeed =
  /** The coefficients alone, which every run has. */
  | 'coefficients'
  /** Gradients by the pixels. */
  | 'gradients'
  /** Gradients by the activations at an earlier cut. */
  | 'cut'
  /** Values alone: works with any model, slowly. */
  | 'values';

interface MethodFacts {
  readonly needs: MethodNeed;
  /** Negative values speak against the concept. */
  readonly isSigned: boolean;
  readonly title: string;
  /** What a bright place means, for people: "the colour says …". */
  readonly meaning: string;
}

/** The methods by which a concept can be shown in a picture, by the name that the command line takes. */
export const MAP_METHODS = {
  'upsampled-coefficients': {
    needs: 'coefficients',
    isSigned: false,
    title: 'Upsampled coefficients',
    meaning: 'how strong the concept is at each place of the layer, which sees further than the place itself',
  },
  'gated-gradient': {
    needs: 'gradients',
    isSigned: false,
    title: 'Gated gradient',
    meaning:
      'where the concept is found and the pixels there also matter for it (saliency, smoothed by a quarter of a cell of the layer, times upsampled coefficients)',
  },
  saliency: {
    needs: 'gradients',
    isSigned: false,
    title: 'Saliency',
    meaning:
      'how much a small change of the pixel changes the concept, most of all where it is strong; edges and grain stand out, areas of one colour stay dark',
  },
  'gradient-input': {
    needs: 'gradients',
    isSigned: true,
    title: 'Gradient × input',
    meaning:
      'what the pixel, set against the mean colour, adds to the concept or takes from it, to first order',
  },
  'smooth-grad': {
    needs: 'gradients',
    isSigned: false,
    title: 'SmoothGrad',
    meaning:
      'how much a small change of the pixel changes the concept, averaged over noisy copies of the picture',
  },
  'var-grad': {
    needs: 'gradients',
    isSigned: false,
    title: 'VarGrad',
    meaning: 'how much the effect of the pixel on the concept varies over noisy copies of the picture',
  },
  'integrated-gradients': {
    needs: 'gradients',
    isSigned: true,
    title: 'Integrated gradients',
    meaning:
      'what the pixel adds to the concept, or takes from it, on the way from an empty picture to this one',
  },
  'grad-cam': {
    needs: 'cut',
    isSigned: false,
    title: 'Grad-CAM',
    meaning: 'where the channels of an earlier layer lie that raise the concept on the whole',
  },
  'hires-cam': {
    needs: 'cut',
    isSigned: false,
    title: 'HiResCAM',
    meaning: 'what each place of an earlier, finer layer adds to the concept',
  },
  occlusion: {
    needs: 'values',
    isSigned: true,
    title: 'Occlusion',
    meaning: 'how much the concept falls when the place is covered',
  },
  rise: {
    needs: 'values',
    isSigned: true,
    title: 'RISE',
    meaning: 'how much stronger the concept is when the place is shown, over random masks',
  },
  'sobol-attribution': {
    needs: 'values',
    isSigned: false,
    title: 'Sobol attribution',
    meaning:
      'the share of the strength of the concept that involves the place when all places are dimmed at random',
  },
} as const satisfies Readonly<Record<string, MethodFacts>>;

/** Names a method by which maps are drawn. */
export type MapMethod = keyof typeof MAP_METHODS;

/** A method that asks for values alone, so that it can show any number a picture, not only a concept. */
export type ValueMethod = {
  [Method in MapMethod]: (typeof MAP_METHODS)[Method]['needs'] extends 'values' ? Method : never;
}[MapMethod];

/** Names of all methods. */
export const MAP_METHOD_NAMES = Object.keys(MAP_METHODS) as readonly MapMethod[];

/** Names of all methods with their titles. */
export const MAP_METHOD_TITLES = Object.fromEntries(
  Object.entries(MAP_METHODS).map(([name, { title }]) => [name, title]),
) as Readonly<Record<MapMethod, string>>;
