/** At most `most` of the places 0 … count-1, evenly spread: the middles of as many equal stretches. */
export function spreadPlaces(count: number, most: number): number[] {
  const chosen = Math.min(count, most);
  return Array.from({ length: chosen }, (_, i) => Math.floor(((i + 0.5) * count) / chosen));
}
