/** The same values in another shape. */
export { reshaped as squeeze } from '../rule.ts';
