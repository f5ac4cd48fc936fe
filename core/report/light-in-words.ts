import { TRUST_THRESHOLDS, type TrustLight } from '../metrics/trust.ts';
import { decimalText, numberText, percentText, shortPercentText } from '../wording/number-text.ts';
import { FIGURE_WORDS, LEVEL_WORDS } from '../wording/trust-words.ts';

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

/** A light with the words for it. */
export function lightInWords(light: TrustLight): LightInWords {
  const { name, technical, kind, meaning, says } = FIGURE_WORDS[light.figure];
  const { good, fair, direction } = TRUST_THRESHOLDS[light.figure];
  const [text, bound] = kind === 'share' ? [percentText, shortPercentText] : [decimalText, numberText];
  const from = direction === 'higher' ? 'from' : 'up to';
  return {
    ...light,
    name,
    technical,
    text: light.value === undefined ? LEVEL_WORDS.unknown : text(light.value),
    meaning,
    says: says[light.level],
    bands: `good ${from} ${bound(good)}, fair ${from} ${bound(fair)}`,
  };
}
