/** The same values in another shape. */
export { reshaped as reshape } from '../rule.ts';
