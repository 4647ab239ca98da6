export interface LatencyAtLoad {
  readonly load: number;
  readonly ms: number;
}

/** Through fewer points a line has no shape. */
const FEWEST_POINTS = 4;
/** What rises by less does not rise. */
const LEAST_RISE = 2;
/** How far, as a share of its height, a curve has to sag below a straight line to have a knee. */
const LEAST_SAG = 0.1;
/** A latency has a logarithm from here on. */
const LEAST_MS = 0.001;

/**
 * The knee of a curve: the load from which on latency rises out of proportion.
 *
 * As in Kneedle (Satopää et al., 2011), load and latency are both scaled to 0–1, and the knee is the
 * point that lies furthest below the straight line from the first point to the highest. Latency is
 * taken by its logarithm, as beyond the limit of a server it grows by orders of magnitude, for as
 * long as one waits: in its own measure all that comes before would look flat.
 *
 * @param points in rising order of load
 * @returns undefined for fewer than 4 points, where latency does not even double from there on, and
 * where the curve hardly bends
 */
export function findKnee(points: readonly LatencyAtLoad[]): LatencyAtLoad | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (points.length < FEWEST_POINTS || !first || !last) return undefined;
  const heights = points.map(({ ms }) => Math.log(Math.max(ms, LEAST_MS)));
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  if (high === low) return undefined;
  const width = last.load - first.load;
  const sags = points.map(
    ({ load }, i) => (load - first.load) / width - ((heights[i] ?? high) - low) / (high - low),
  );
  const deepest = Math.max(...sags);
  const knee = sags.indexOf(deepest);
  const rise = Math.max(...heights.slice(knee)) - (heights[knee] ?? high);
  return deepest < LEAST_SAG || rise < Math.log(LEAST_RISE) ? undefined : points[knee];
}
