import { interpolateInferno, interpolateRgbBasis, rgb } from 'd3';

/** Blue, neutral grey in the middle, orange: told apart with every kind of colour vision. */
const DIVERGING = interpolateRgbBasis(['#0b4f8a', '#6fb1de', '#dfe1e5', '#eda55c', '#a34a00']);

/**
 * Colour at 0 … 1 of a map's scale. Of magnitudes: inferno, perceptually uniform, dark for little and bright for
 * much. Of values on both sides of zero: blue over a neutral middle to orange.
 */
export function mapColour(fraction01: number, isSigned = false): readonly [r: number, g: number, b: number] {
  const interpolate = isSigned ? DIVERGING : interpolateInferno;
  const { r, g, b } = rgb(interpolate(Math.min(1, Math.max(0, fraction01))));
  return [r, g, b];
}

const LEAST_OPACITY = 0.2;
const MOST_OPACITY = 0.72;

/** How far a map of a strength of 0 … 1 covers the grey picture under it. */
export function mapOpacity(strength01: number): number {
  return LEAST_OPACITY + (MOST_OPACITY - LEAST_OPACITY) * strength01;
}

/** The scale's colours as a CSS gradient from its lower end to its upper. */
export function mapGradient(isSigned = false): string {
  const stops = Array.from({ length: 11 }, (_, i) => rgb(...mapColour(i / 10, isSigned)).formatHex());
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
