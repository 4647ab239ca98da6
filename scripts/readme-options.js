// Writes the option tables of the README between their markers, from the data that parses the
// flags. With --check it writes nothing and fails where the README differs.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "../dist/commands/index.js";
import { exitTable, optionTable } from "../dist/render/help.js";

const path = fileURLToPath(new URL("../README.md", import.meta.url));
const readme = readFileSync(path, "utf8");
let written = readme;
for (const [name, command] of Object.entries(COMMANDS)) {
  const { options } = await command.load();
  written = fill(written, `options:${name}`, optionTable(options));
}
written = fill(written, "exit-codes", exitTable());

if (!process.argv.includes("--check")) {
  writeFileSync(path, written);
} else if (written !== readme) {
  console.error(
    "The tables in README.md are not those of the flags: node scripts/readme-options.js",
  );
  process.exitCode = 1;
}

/** Replaces what is between the markers of that name, where the text has them. */
function fill(text, name, table) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from === -1 && to === -1) return text;
  if (from === -1 || to < from) throw new Error(`README.md: the markers of ${name} do not match`);
  return `${text.slice(0, from + start.length)}\n\n${table}\n\n${text.slice(to)}`;
}
