const NORMAL_975 = 1.959963984540054;

/** Degrees of freedom 1 to 9, where the expansion below is too coarse. */
const FEW = [
  12.706204736174698, 4.302652729911275, 3.182446305284263, 2.7764451051977987, 2.5705818366147395,
  2.4469118487916806, 2.3646242510102993, 2.3060041350333704, 2.2621571627409915,
];

/**
 * The 97.5 % quantile of Student's t with a whole number of degrees of freedom (Infinity: the normal's), to 1e-5.
 *
 * Source  Abramowitz and Stegun 1964, 26.7.5 (expansion in 1 / degrees), four terms.
 */
export function studentQuantile975(degrees: number): number {
  if (degrees <= FEW.length) return FEW[degrees - 1];
  const z = NORMAL_975;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduce((sum, term, k) => sum + term / degrees ** (k + 1), z);
}
