import type { CapacityResult, CurvePoint } from "../bench/capacity.ts";
import type { CapacityTrial, Figures, Vary } from "../bench/capacity-trial.ts";
import { latency, percent } from "./bench-report-words.ts";
import { formatCount, formatDuration, formatPlural } from "./format.ts";

/** The result of a search in words, for a terminal and for a page. */

/** `1,600/s`, `200 sockets`. */
export function loadText(load: number, vary: Vary): string {
  return vary === "rate" ? `${loadNumber(load)}/s` : formatPlural(load, "socket");
}

/** In as many digits as loads are told apart by: `1,600`, `62.5`. */
export function loadNumber(load: number): string {
  return load < 100 ? String(Number(load.toPrecision(3))) : formatCount(load);
}

/** What a trial was like, beside its load; nothing of what it did not have. */
export function trialFacts({ settings, trials }: CapacityResult): string[] {
  const { measure, length, message } = settings;
  const sends = measure !== "push" && measure !== "hold" && measure !== "connect";
  const count = formatPlural(trials.length, "trial");
  return [
    ...(sends && message !== "" ? [message] : []),
    length.kind === "duration" ? `${count} of ${formatDuration(length.durationMs)}` : count,
  ];
}

/** `p99<50ms and errors<0.1%`. */
export function objectiveText({ slo }: Pick<CapacityResult, "slo">): string {
  const all = slo.map(({ expression }) => expression);
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`;
}

export interface Answer {
  readonly text: string;
  readonly tone: "good" | "warn" | "bad";
}

/** The answer in one sentence. */
export function answerText(result: CapacityResult): Answer {
  const { held, vary, curve, ended } = result;
  const objective = objectiveText(result);
  if (held) {
    const load = loadText(held.load, vary);
    const { held: often = 0, trials = 0 } = curve.find((point) => point.load === held.load) ?? {};
    const trialText = `in ${often} of ${formatPlural(trials, "trial")}`;
    if (!held.confirmed) {
      const text = `${load} held ${objective} ${trialText}, which is not confirmed`;
      return { text, tone: "warn" };
    }
    const are = vary === "connections" && held.load > 1 ? "are" : "is";
    const text = `${load} ${are} the highest load that held ${objective}, ${trialText}`;
    return { text, tone: ended === "missed" ? "good" : "warn" };
  }
  const lowest = loadText(result.search.from, vary);
  if (ended === "missed") {
    return { text: `no load held ${objective}: even ${lowest} missed it`, tone: "bad" };
  }
  const why = ended === "client-limited" ? `at ${lowest} the client was the limit` : ENDS[ended];
  return { text: `nothing is known of the server: ${why}`, tone: "warn" };
}

const ENDS = {
  interrupted: "interrupted before any load held",
  unreachable: "no socket opened",
  trials: "there were too few trials",
  maximum: "nothing was tried",
} as const;

/** Why the search went no higher; nothing where the answer says it already. */
export function limitText(result: CapacityResult): string | undefined {
  const { ended, held, vary, curve, trials } = result;
  if (trials.length === 0) return undefined;
  const above = curve.find(({ load }) => load > (held?.load ?? 0));
  const reason = lastReason(above, result);
  const load = loadText(above?.load ?? 0, vary);
  switch (ended) {
    case "missed":
      return above && `${load} missed it – ${reason}`;
    case "client-limited":
      return `at ${load} the client was the limit, so the server may do better – ${reason}`;
    case "maximum":
      return "that was the highest load to be tried; the server may do better";
    case "trials":
      return `the search ended after ${formatPlural(trials.length, "trial")}, before it was done`;
    case "interrupted":
      return `interrupted after ${formatPlural(trials.length, "trial")}`;
    case "unreachable":
      return `at ${loadText(trials.at(-1)?.load ?? 0, vary)} no socket opened any more`;
    default:
      return ended satisfies never;
  }
}

function lastReason(point: CurvePoint | undefined, { trials }: CapacityResult): string {
  const failed = trials.findLast(({ load, outcome }) => load === point?.load && outcome !== "held");
  return failed?.reasons[0] ?? "";
}

/** From where on latency rises out of proportion. */
export function kneeText({ knee, vary }: CapacityResult): string | undefined {
  if (!knee) return undefined;
  return `latency begins to rise at ${loadText(knee.load, vary)}, from a p99 of ${latency(knee.p99)}`;
}

/** True where more trials of a load held than missed; those that the client limited do not count. */
export function holds({ held, trials, limited }: CurvePoint): boolean {
  return held > trials - held - limited;
}

/** `held`, `held 2/3`, `missed`, `unclear`: what became of the trials of a load. */
export function outcomeText({ held, trials, limited }: CurvePoint): string {
  if (held === trials) return trials > 1 ? `held ${trials}×` : "held";
  if (held > 0) return `held ${held}/${trials}`;
  return limited === trials ? "unclear" : "missed";
}

/** A finished trial in one line. */
export function trialLine(trial: CapacityTrial, number: number, vary: Vary): string {
  const { load, outcome, figures, reasons } = trial;
  const p99 = figures.latency ? `, p99 ${latency(figures.latency.p99)}` : "";
  const why = outcome === "held" ? "" : ` – ${reasons[0] ?? ""}`;
  return `trial ${number}: ${loadText(load, vary)} ${OUTCOMES[outcome]}${p99}, errors ${errorText(figures)}${why}`;
}

const OUTCOMES = {
  held: "held",
  missed: "missed",
  "client-limited": "inconclusive",
} as const;

/** As a share of all that could have failed; a count where nothing could. */
export function errorText({ errors, attempts }: Figures): string {
  return attempts > 0 ? percent(Math.min(1, errors / attempts)) : String(errors);
}
