import { levelOf, type TrustThreshold } from '../../metrics/trust.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

const HEIGHT = 30;
const TRACK = 10;
/** A zone that begins beyond is narrower than its name. */
const NAME_ENDS = 90;

/**
 * Where a figure between 0 and 1 lies among weak, fair and good; right is always better, so that an error runs
 * from 1 to 0. A figure outside is drawn at the end.
 */
export function trustMeter(value: number, scale: TrustThreshold): Html {
  const at = (figure: number) => {
    const inside = Math.min(1, Math.max(0, Number.isFinite(figure) ? figure : 0));
    return Math.round(1000 * (scale.direction === 'higher' ? inside : 1 - inside)) / 10;
  };
  const [fair, good, here] = [at(scale.fair), at(scale.good), at(value)];
  return html`<svg class="meter" width="100%" height="${HEIGHT}" aria-hidden="true">
    <rect class="zone weak" x="0" y="0" width="${fair}%" height="${TRACK}" />
    <rect class="zone fair" x="${fair}%" y="0" width="${good - fair}%" height="${TRACK}" />
    <rect class="zone good" x="${good}%" y="0" width="${100 - good}%" height="${TRACK}" />
    <svg x="${here}%" overflow="visible">
      <path class="pointer ${levelOf(value, scale)}" d="M0 ${TRACK - 1} l5 7 h-10 z" />
      <line class="pointer-line" x1="0" y1="-1" x2="0" y2="${TRACK}" />
    </svg>
    <text class="tick" x="${fair / 2}%" y="${HEIGHT - 1}" text-anchor="middle">weak</text>
    ${upperLabels(fair, good)}
  </svg>`;
}

/** Below their zones; where good begins close to the end of the scale its name is flush with it. */
function upperLabels(fair: number, good: number): Html {
  const isTight = good > NAME_ENDS;
  return html`<text
      class="tick"
      x="${(fair + (isTight ? NAME_ENDS : good)) / 2}%"
      y="${HEIGHT - 1}"
      text-anchor="middle"
    >
      fair
    </text>
    <text
      class="tick"
      x="${isTight ? 100 : (good + 100) / 2}%"
      y="${HEIGHT - 1}"
      text-anchor="${isTight ? 'end' : 'middle'}"
    >
      good
    </text>`;
}
