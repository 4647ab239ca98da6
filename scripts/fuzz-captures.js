// Decodes captures at random of which is known what was said, and tells every lie. Beside the tests,
// which try a few: `node scripts/fuzz-captures.js [SEED] [SECONDS]`. A seed tells one capture; with a
// time it is the first of as many as that takes. With --combined much goes wrong at once; with
// --mutants captures are changed anywhere, also real ones, and must give output or one clear error.
import { parseArgs } from "node:util";
import { createServer } from "vite";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    verbose: { type: "boolean", short: "v" },
    write: { type: "string" },
    combined: { type: "boolean" },
    mutants: { type: "boolean" },
  },
});
const campaign = values.combined ? "combined" : "single";
const [first = "1", seconds = "0"] = positionals;
const vite = await createServer({
  configFile: false,
  appType: "custom",
  logLevel: "error",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const forged = await vite.ssrLoadModule("/test/helpers/forged/trial.ts");
const { tryMutant, writeMutant } = await vite.ssrLoadModule("/test/helpers/forged/mutants.ts");

const until = performance.now() + Number(seconds) * 1000;
let failed = 0;
let tried = 0;
const recall = new Map();
for (let seed = Number(first); ; seed++) {
  const trial = await (values.mutants ? tryMutant(seed) : forged.tryCapture(seed, campaign));
  tried += 1;
  for (const step of trial.recipe.split(/, | \+ |: /)) {
    const { told = 0, sent = 0 } = recall.get(step) ?? {};
    recall.set(step, { told: told + trial.told, sent: sent + trial.sent });
  }
  if (trial.lies.length > 0 || values.verbose) {
    failed += trial.lies.length > 0 ? 1 : 0;
    console.log(`seed ${seed}: ${trial.recipe}: ${trial.told} of ${trial.sent} frames told`);
    for (const lie of trial.lies.slice(0, 6)) console.log(`  ${lie}`);
  }
  if (values.write && values.mutants) writeMutant(seed, values.write);
  else if (values.write) forged.write(seed, values.write, campaign);
  if (performance.now() >= until) break;
}
console.log(`${tried} captures, ${failed} with lies`);
if (!values.mutants && (values.verbose || tried > 1)) {
  for (const [step, { told, sent }] of [...recall].toSorted(([a], [b]) => a.localeCompare(b))) {
    if (/^(?:c\d|snap)/.test(step)) continue;
    console.log(`  ${((100 * told) / sent).toFixed(1).padStart(5)} % told  ${step}`);
  }
}
await vite.close();
process.exitCode = failed > 0 ? 1 : 0;
