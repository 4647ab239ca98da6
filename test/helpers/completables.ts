import { completable } from "../../src/render/completion/completable.ts";
import { A_COMMAND, option } from "./a-command.ts";

const NAMES = ["do", "do more", "look"];

const odd = option("odd", { kind: "text", value: "A:B", description: "it's [odd]: \\n" });

/** Commands of one word and of two, one of which takes files. */
export const COMPLETABLES = [
  completable(A_COMMAND, "Do things.", NAMES),
  completable({ ...A_COMMAND, name: "do more" }, "Do more.", NAMES),
  completable({ name: "look", positionals: "[FILE]", options: [odd] }, "Look.", NAMES),
];
