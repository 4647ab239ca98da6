/**
 * By how much an interval that rests on `count` values is to be wider than the scatter of their draws
 * shows: draws scatter less by √((n − 1) / n), and Student's t has longer tails than the normal
 * distribution.
 */
export function widening(count: number, confidence: number): number {
  const tail = (1 - confidence) / 2;
  const factor = Math.sqrt(count / (count - 1));
  return (factor * studentQuantile(tail, count - 1)) / normalQuantile(tail);
}

/** What a normal value exceeds with probability `tail`, to 0.0005 (Abramowitz and Stegun 26.2.23). */
export function normalQuantile(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail));
  const above = 2.515517 + 0.802853 * t + 0.010328 * t ** 2;
  const below = 1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3;
  return t - above / below;
}

/** The same of Student's t, for 4 degrees of freedom and more to 1 % (26.7.5). */
export function studentQuantile(tail: number, freedom: number): number {
  const z = normalQuantile(tail);
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}
