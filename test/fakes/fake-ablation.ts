import type {
  AblationApi,
  ClassChange,
  ClassScore,
  ConceptFactors,
  ImageAblation,
} from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

const CLASSES = ['barn', 'car', 'house', 'lighthouse', 'sailboat', 'train', 'tree', 'windmill'];
const HOUSE = 2;
const BARN = 0;

const softmax = (logits: readonly number[]): number[] => {
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
};

/** Ablation of the demo's run by a head that is affine in the concepts: all speak for house, a little against barn. */
export function fakeAblation({ run, images }: DemoRunReader): AblationApi {
  const logitsOf = (image: number, factors: ConceptFactors): number[] => {
    const { logit } = run.images[image % images.length];
    const moved = run.concepts.reduce(
      (sum, { id }, rank) =>
        sum + ((factors[id] ?? 1) - 1) * run.imageImportance[image % images.length][rank] * 6,
      0,
    );
    return CLASSES.map((_, k) =>
      k === HOUSE ? logit + moved : k === BARN ? logit - 2.5 - 0.2 * moved : -1 - k / 2,
    );
  };
  const winner = (logits: readonly number[]): ClassScore => {
    const index = logits.indexOf(Math.max(...logits));
    return { index, name: CLASSES[index], probability: softmax(logits)[index] };
  };
  const ablate = (image: number, factors: ConceptFactors): ImageAblation => {
    const [own, scaled] = [logitsOf(image, {}), logitsOf(image, factors)];
    const [before, after] = [softmax(own), softmax(scaled)];
    const classes = CLASSES.map((name, index): ClassChange => ({
      index,
      name,
      before: { logit: own[index], probability: before[index] },
      after: { logit: scaled[index], probability: after[index] },
    })).sort((a, b) => b.after.logit - a.after.logit);
    return {
      before: winner(own),
      after: winner(scaled),
      changed: winner(own).index !== winner(scaled).index,
      classes: classes.slice(0, 5),
      expected: { index: HOUSE, name: 'house' },
    };
  };
  return {
    ablateImage: ({ image, factors }) => Promise.resolve(ablate(image, factors)),
    findCounterfactual({ image, target = BARN }) {
      const { id } = run.concepts[0];
      const steps = Array.from({ length: 101 }, (_, i) => 1 - i / 100);
      const factor = steps.find((value) => winner(logitsOf(image, { [id]: value })).index === target);
      const factors = { [id]: factor ?? 0 };
      return Promise.resolve({
        status: factor === 1 ? 'already' : factor === undefined ? 'not-possible' : 'found',
        target: { index: target, name: CLASSES[target] },
        factors: factor === 1 ? {} : factors,
        size: 1 - (factor ?? 0),
        image: ablate(image, factor === 1 ? {} : factors),
      });
    },
    ablateRun({ factors }) {
      const flips = images
        .map(({ image, fileName, picture }) => ({ image, fileName, picture, ...ablate(image, factors) }))
        .filter(({ changed }) => changed);
      const house = { index: HOUSE, name: 'house' };
      const transitions = [
        { before: house, after: house, count: images.length - flips.length },
        { before: house, after: { index: BARN, name: 'barn' }, count: flips.length },
      ];
      return Promise.resolve({
        images: images.length,
        changed: flips.length,
        flips: flips.map(({ image, fileName, picture, before, after }) => ({
          image,
          fileName,
          picture,
          before,
          after,
        })),
        transitions: transitions.filter(({ count }) => count > 0),
      });
    },
    getDependence: () =>
      Promise.resolve(
        run.concepts.map(({ id }) => ({
          concept: id,
          changed: images.filter(({ image }) => ablate(image, { [id]: 0 }).changed).length,
          images: images.length,
        })),
      ),
  };
}
