import { TRUST_THRESHOLDS, type TrustLight } from '../metrics/trust.ts';
import {
  gradedDecimalText,
  gradedPercentText,
  numberText,
  shortPercentText,
} from '../wording/number-text.ts';
import { figureWords, LEVEL_WORDS } from '../wording/trust-words.ts';

/** A light as people read it. */
export interface LightInWords extends TrustLight {
  readonly name: string;
  readonly technical: string;
  /** The value, "not known" where there is none. */
  readonly text: string;
  readonly meaning: string;
  /** What the level says. */
  readonly says: string;
  /** From where on it is good or fair. */
  readonly bands: string;
}

/** A light with the words for it; `isOfNumber` where the model tells a number or a likeness. */
export function lightInWords(light: TrustLight, isOfNumber: boolean): LightInWords {
  const { name, technical, kind, meaning, says } = figureWords(light.figure, isOfNumber);
  const { good, fair, direction } = TRUST_THRESHOLDS[light.figure];
  const [text, bound] =
    kind === 'share' ? [gradedPercentText, shortPercentText] : [gradedDecimalText, numberText];
  const from = direction === 'higher' ? 'from' : 'up to';
  return {
    ...light,
    name,
    technical,
    text: light.value === undefined ? LEVEL_WORDS.unknown : text(light.value, [good, fair]),
    meaning,
    says: says[light.level],
    bands: `good ${from} ${bound(good)}, fair ${from} ${bound(fair)}`,
  };
}
