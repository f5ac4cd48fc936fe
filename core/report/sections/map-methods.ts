import { MAP_METHODS, type MapMethod } from '../../attribution/methods.ts';
import type { Explanation } from '../../concepts/explanation.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** The methods by which the maps were drawn, the one shown first at the head. */
export function drawnBy({ maps = [] }: Explanation) {
  const known = maps.filter(({ method }) => Object.hasOwn(MAP_METHODS, method));
  const [first = 'upsampled-coefficients', ...further] = known.map(({ method }) => method as MapMethod);
  return [MAP_METHODS[first], ...further.map((method) => MAP_METHODS[method])] as const;
}

const against = '; what speaks against it is left dark';

/** What the colours mean, and why a method other than the one asked for was used. */
export function mapMeaning(explanation: Explanation): Html {
  const [{ title, meaning, isSigned }, ...further] = drawnBy(explanation);
  const stands = (explanation.maps ?? []).flatMap(({ insteadOf }) => insteadOf ?? []);
  return html`${
    further.length === 0
      ? html`${meaning} (${title}${isSigned && against}).`
      : 'something else by each method, as described below.'
  }
  ${stands.map(
    ({ method, reason }) =>
      html`<strong>${method} was asked for and cannot be drawn for this model: ${reason}</strong> `,
  )}`;
}

/** What each of several methods draws. */
export function methodList(explanation: Explanation): Html | false {
  const methods = drawnBy(explanation);
  return (
    methods.length > 1 &&
    html`<dl class="methods">
      ${methods.map(
        ({ title, meaning, isSigned }) =>
          html`<dt>${title}</dt>
            <dd>${meaning}${isSigned && against}</dd>`,
      )}
    </dl>`
  );
}
