/** The same values in another shape. */
export { reshaped as flatten } from '../rule.ts';
