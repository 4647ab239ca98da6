/** A figure with its labels, as `{a="b"}`. */
export interface Family {
  readonly help: string;
  readonly type: string;
  readonly samples: ReadonlyMap<string, number>;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"`;
const SAMPLE = new RegExp(`^(${NAME})(\\{(?:${LABEL}(?:,${LABEL})*,?)?\\})? (\\S+)$`);

/**
 * Reads the text format of Prometheus, strictly: each family has its help and its type before its
 * samples, stands in one piece, and no sample comes twice.
 * @throws Error that quotes the line
 */
export function parseMetrics(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const families = new Map<string, Family & { readonly samples: Map<string, number> }>();
  let help: readonly [name: string, text: string] | undefined;
  let open = "";
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === "HELP") help = [name, rest];
    else if (kind === "TYPE") {
      if (help?.[0] !== name || families.has(name)) throw new Error(line);
      if (!["counter", "gauge", "histogram", "summary"].includes(rest)) throw new Error(line);
      families.set(name, { help: help[1], type: rest, samples: new Map() });
      open = name;
    } else addSample(families.get(open)?.samples, open, line);
  }
  return families;
}

function addSample(samples: Map<string, number> | undefined, open: string, line: string): void {
  const [, name, labels = "", value = ""] = SAMPLE.exec(line) ?? [];
  const number = Number(value);
  if (name !== open || !samples || samples.has(labels)) throw new Error(line);
  if (Number.isNaN(number)) throw new Error(line);
  samples.set(labels, number);
}
