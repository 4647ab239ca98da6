export const HEADINGS = [
  "",
  "against",
  "theirs",
  "framecat",
  "unit",
  "ratio",
  "required",
  "",
  "round trips a second",
];
const RIGHT = new Set(["theirs", "framecat", "ratio"]);

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const medianOf = (results, field) => median(results.map((result) => result[field]));
const verdict = (held) => (held ? "held" : "MISSED");
const share = (atMost) => (atMost === undefined ? "" : `at most ${atMost}×`);

/** One row for each peer, and one for what framecat's own cost may be. */
export function rowsOf({ name, unit, peers, costAtMost }, results, missing) {
  const { framecat: ours } = results;
  const rows = peers.map(({ client, atMost }) => {
    const theirs = results[client.name];
    const absent = missing.get(client.name);
    if (absent) return skipped(name, client.name, atMost, absent.what);
    const ratio = median(ours.map(({ cost }, round) => cost / theirs[round].cost));
    return row({
      name,
      peer: client.name,
      theirs: medianOf(theirs, "cost").toFixed(2),
      ours: medianOf(ours, "cost").toFixed(2),
      unit,
      ratio: `${ratio.toFixed(3)}×`,
      required: share(atMost),
      held: atMost === undefined || ratio <= atMost,
      rates: [theirs, ours].map((all) => medianOf(all, "rate")),
    });
  });
  if (costAtMost !== undefined) rows.push(ownRow({ name, unit, costAtMost }, ours));
  return rows;
}

/** @param rounds one measurement of each recorder a round */
export function recordingRows({ name, unit, costAtMost }, rounds) {
  const ours = rounds.map(({ framecat }) => framecat);
  const theirs = rounds.map((round) => round["hdr-histogram-js"]);
  const cost = medianOf(ours, "cost");
  return [
    row({
      name,
      peer: "hdr-histogram-js",
      theirs: medianOf(theirs, "cost").toFixed(1),
      ours: cost.toFixed(1),
      unit,
      ratio: `${median(ours.map((own, round) => own.cost / theirs[round].cost)).toFixed(3)}×`,
      required: `at most ${costAtMost} ns`,
      held: cost <= costAtMost,
    }),
  ];
}

function ownRow({ name, unit, costAtMost }, ours) {
  const cost = medianOf(ours, "cost");
  const required = `at most ${costAtMost}`;
  return row({ name, ours: cost.toFixed(2), unit, required, held: cost <= costAtMost });
}

function row({ name, peer = "", theirs = "", ours, unit, ratio = "", required, held, rates }) {
  const told = rates?.every(Boolean)
    ? rates.map((rate) => Math.round(rate).toLocaleString("en")).join(" → ")
    : "";
  return {
    cells: [name, peer, theirs, ours, unit, ratio, required, required && verdict(held), told],
    missed: !held,
  };
}

function skipped(name, peer, atMost, why) {
  const cells = [name, peer, "", "", "", "", share(atMost), `skipped: ${why}`, ""];
  return { cells, missed: false };
}

/** Columns as wide as their widest cell. */
export function plain(rows) {
  return align(rows)
    .map((cells) => cells.join("  ").trimEnd())
    .join("\n");
}

export function markdown(rows) {
  const [head, ...body] = align(rows).map((cells) => `| ${cells.join(" | ")} |`);
  const rule = HEADINGS.map((heading, column) => {
    const width = widthOf(rows, column);
    return RIGHT.has(heading) ? `${"-".repeat(width - 1)}:` : "-".repeat(width);
  });
  return [head, `| ${rule.join(" | ")} |`, ...body].join("\n");
}

const widthOf = (rows, column) => Math.max(3, ...rows.map((cells) => cells[column].length));

function align(rows) {
  return rows.map((cells) =>
    cells.map((cell, column) => {
      const width = widthOf(rows, column);
      return RIGHT.has(HEADINGS[column]) ? cell.padStart(width) : cell.padEnd(width);
    }),
  );
}
