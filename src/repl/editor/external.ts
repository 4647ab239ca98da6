import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, usageError } from "../../errors.ts";

export interface ExternalEditor {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Lets a person edit a text in the editor of their choice ($VISUAL, $EDITOR, else vi), which has the
 * terminal until it ends. The text lies in a file that only its owner can read, and is gone after.
 * @returns the text without the newline that editors put at its end
 * @throws FramecatError where the editor does not exist or fails
 */
export async function editText(text: string, { env }: ExternalEditor): Promise<string> {
  const folder = await mkdtemp(join(env.TMPDIR ?? tmpdir(), "framecat-"));
  try {
    const file = join(folder, `message.${suffixFor(text)}`);
    await writeFile(file, text, { mode: 0o600, flag: "wx" });
    await run(env.VISUAL?.trim() || env.EDITOR?.trim() || "vi", file, env);
    return (await readFile(file, "utf8")).replace(/\r?\n$/, "");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** So that editors know which colors to give it. */
function suffixFor(text: string): string {
  return /^\s*[[{]/.test(text) ? "json" : "txt";
}

/** The shell runs it, as everybody else does, because what is set may have arguments. */
async function run(editor: string, file: string, env: ExternalEditor["env"]): Promise<void> {
  const child = spawn("/bin/sh", ["-c", `${editor} "$1"`, editor, file], { env, stdio: "inherit" });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on("error", (error) => reject(failed(editor, messageOf(error))));
    child.on("exit", (...end) => resolve(end));
  });
  if (code === 0) return;
  if (code === 127) throw failed(editor, "was not found");
  throw failed(editor, code === null ? `was ended by ${signal}` : `ended with ${code}`);
}

function failed(editor: string, what: string): Error {
  return usageError(`the editor ${JSON.stringify(editor)} ${what}`, "Set VISUAL or EDITOR.");
}
