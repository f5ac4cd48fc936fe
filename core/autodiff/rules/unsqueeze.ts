/** The same values in another shape. */
export { reshaped as unsqueeze } from '../rule.ts';
