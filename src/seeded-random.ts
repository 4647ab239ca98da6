/**
 * Uniform numbers from 0 to below 1, in steps of 2^-32, the same for the same seed: sfc32, whose
 * cycle is so long that parts of a run do not meet. Not for secrets.
 *
 * @param seed its lower 32 bits count
 */
export function seededRandom(seed: number): () => number {
  let [a, b, c, counter] = [0, seed | 0, 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first numbers of seeds that are near to each other are too.
  for (let i = 0; i < SETTLING_STEPS; i++) next();
  return next;
}

const SETTLING_STEPS = 15;
