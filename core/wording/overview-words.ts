import { countOf, countText, listText } from './count-text.ts';
import { decimalText, percentText } from './number-text.ts';

/** Something that deserves a look, as its words need it; classes and concepts by what they are called. */
export type LookFacts =
  | { readonly kind: 'shortcut'; readonly class: string; readonly leans: string; readonly flips: number }
  | {
      readonly kind: 'mistakes';
      readonly class: string;
      readonly share: number;
      readonly images: number;
      readonly isExplained: boolean;
    }
  | {
      readonly kind: 'confusion';
      readonly truth: string;
      readonly predicted: string;
      readonly count: number;
      readonly images: number;
      /** Concepts that count for both classes; absent where one of them is not explained. */
      readonly shared?: readonly string[];
    }
  | { readonly kind: 'weak'; readonly class: string }
  | { readonly kind: 'rest'; readonly class: string; readonly rest: number };

/** Concepts named in one sentence. */
const NAMED = 2;

const WEAK = 'A claim that decides how far to trust it is weak';

/** What deserves a look, in a few words and a sentence. */
export function lookText(look: LookFacts): { readonly title: string; readonly text: string } {
  switch (look.kind) {
    case 'shortcut':
      return {
        title: `“${look.class}” ${look.leans}`,
        text:
          look.flips > 0
            ? `Without it, ${percentText(look.flips)} of the decisions for the class change.`
            : 'No decision for the class changes without it, but it moves the score.',
      };
    case 'mistakes':
      return {
        title: `“${look.class}” is right less often than the others`,
        text: `${percentText(look.share)} of its ${countOf(look.images, 'image')} are right; the 95 % interval lies below what all classes reach together.${look.isExplained ? '' : ' It is not explained.'}`,
      };
    case 'confusion':
      return {
        title: `“${look.truth}” is called “${look.predicted}”`,
        text: `${countText(look.count)} of ${countOf(look.images, 'image')}. ${sharedText(look.shared)}`,
      };
    case 'weak':
      return {
        title: `“${look.class}”: the explanation does not hold up`,
        text: `${WEAK}.`,
      };
    case 'rest':
      return {
        title: `“${look.class}” is not explained in full`,
        text: `${percentText(look.rest)} of the movement of its score involves what no concept explains.`,
      };
  }
}

/** Classes of which the same is to be said, in the words of {@link lookText}; the figure of each stands beside its name. */
export function manyLooksText(
  look: Exclude<LookFacts, { kind: 'confusion' }>,
  classes: number,
): { readonly title: string; readonly text: string } {
  const many = countOf(classes, 'class', 'classes');
  switch (look.kind) {
    case 'shortcut':
      return {
        title: `${many} ${look.leans.replace(/^leans\b/, 'lean')}`,
        text: 'Decisions for the class that change without it:',
      };
    case 'mistakes':
      return {
        title: `${many} are right less often than the others`,
        text: 'Images that are right; each 95 % interval lies below what all classes reach together:',
      };
    case 'weak':
      return { title: `${many}: the explanation does not hold up`, text: `${WEAK}:` };
    case 'rest':
      return {
        title: `${many} are not explained in full`,
        text: 'Movement of the score that involves what no concept explains:',
      };
  }
}

/** What tells a class from the others of which the same is said; empty where nothing does. */
export function lookFigure(look: Exclude<LookFacts, { kind: 'confusion' }>): string {
  switch (look.kind) {
    case 'shortcut':
      return percentText(look.flips);
    case 'mistakes':
      return `${percentText(look.share)} of ${countText(look.images)}${look.isExplained ? '' : ', not explained'}`;
    case 'weak':
      return '';
    case 'rest':
      return percentText(look.rest);
  }
}

/** Which concepts two classes have in common, in one sentence; nothing is known where one of them is not explained. */
export function sharedText(shared: readonly string[] | null | undefined): string {
  if (!shared) return 'One of them is not explained.';
  if (shared.length === 0) return 'No concept matters to both.';
  const named = shared.slice(0, NAMED).map((name) => `“${name}”`);
  const more = shared.length - named.length;
  const all = more > 0 ? [...named, `${countText(more)} more`] : named;
  return `${listText(all)} ${shared.length === 1 ? 'matters' : 'matter'} to both.`;
}

/** The first sentence on a whole model. */
export function overviewLead({
  classes,
  concepts,
  shared,
  known,
  hits,
}: {
  readonly classes: number;
  readonly concepts: number;
  /** Concepts that count for several classes. */
  readonly shared: number;
  readonly known: number;
  readonly hits: number;
}): string {
  const several =
    shared > 1 && shared === concepts
      ? `all ${countText(concepts)} that matter to any matter to several`
      : shared === 0
        ? `none of the ${countText(concepts)} that matter to any matters to several`
        : `${countText(shared)} of the ${countText(concepts)} that matter to any ${shared === 1 ? 'matters' : 'matter'} to several`;
  const these = `The same concepts explain ${countOf(classes, 'class', 'classes')}; ${several}.`;
  if (known === 0) return `${these} No folder names a class, so right and wrong are not known.`;
  return `${these} The model is right in ${countText(hits)} of ${countOf(known, 'image')} (${percentText(hits / known)}).`;
}

/** What the figures of a pair of classes mean. */
export const PAIR_MEANING =
  'The lead is how far the score of the one class is above that of the other. A concept’s part is what the lead loses when the concept is taken out.';

/** The smallest change that turns mistakes, in words. */
export function changeText({
  concepts,
  factor,
  turned,
  of,
  broken,
  right,
  truth,
}: {
  readonly concepts: readonly string[];
  readonly factor: number;
  readonly turned: number;
  /** Mistakes, and right images of both classes, that were looked at. */
  readonly of: number;
  readonly broken: number;
  readonly right: number;
  readonly truth: string;
}): string {
  const names = listText(concepts.map((name) => `“${name}”`));
  const how = factor === 0 ? `Without ${names}` : `With ${names} at ${percentText(factor)} of what there is`;
  const cost =
    right === 0
      ? 'there is no right image to break'
      : `${countText(broken)} of ${countOf(right, 'right image')} ${broken === 1 ? 'is' : 'are'} then called something else`;
  return `${how}, ${countText(turned)} of the ${countOf(of, 'mistake')} ${turned === 1 ? 'is' : 'are'} called “${truth}”; ${cost}.`;
}

/** What sets mistakes apart from right images of their class; figures are parts of the lead of the class that is said. */
export function gapText({
  name,
  here,
  there,
  truth,
  predicted,
}: {
  readonly name: string;
  readonly here: number;
  readonly there: number;
  readonly truth: string;
  readonly predicted: string;
}): string {
  const figures = `its part of the lead of “${predicted}” is ${decimalText(here)} in these mistakes and ${decimalText(there)} in right images of “${truth}”.`;
  // A part below 0 speaks for the class of the folder.
  return there < 0 && here > there
    ? `“${name}” speaks less for “${truth}” than usual: ${figures}`
    : `“${name}” speaks ${here > there ? 'more' : 'less'} for “${predicted}” than usual: ${figures}`;
}

/** Where no concept turned down turns more mistakes than it breaks right answers. */
export const NO_CHANGE =
  'Taking one to three concepts out of every image turns no more of these mistakes than it breaks right answers.';
