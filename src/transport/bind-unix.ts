import { chmodSync, existsSync, lstatSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { platform } from "node:os";
import { dirname } from "node:path";
import { errnoWords } from "../errno-words.ts";
import { FramecatError } from "../errors.ts";
import { type BindFailure, bound, cannotListen } from "./bound.ts";

/** Bytes that the path of a socket may have, but for the NUL; Node cuts off what is more. */
const MAX_PATH = platform() === "linux" ? 107 : 103;

/**
 * Binds a unix socket. One that a dead server has left behind is taken away.
 * @param mode who may connect, as of a file
 * @throws FramecatError (bind)
 */
export async function bindUnix(path: string, mode: number, make: () => Server): Promise<Server> {
  refuseLong(path);
  const server = await bindOrReplace(path, make);
  try {
    chmodSync(path, mode);
  } catch (thrown) {
    await new Promise((resolve) => server.close(resolve));
    throw cannotListen(path, [`its mode cannot be set: ${errnoWords(thrown)}`]);
  }
  return server;
}

function refuseLong(path: string): void {
  const length = Buffer.byteLength(path);
  if (length <= MAX_PATH) return;
  throw cannotListen(path, [
    `its path has ${length} bytes, and may have ${MAX_PATH}`,
    "One that begins at the current folder may be shorter: ./app.sock.",
  ]);
}

async function bindOrReplace(path: string, make: () => Server): Promise<Server> {
  const bind = (): Promise<Server> =>
    bound(make(), { path }, path, (error) => pathFailure(error, path));
  try {
    return await bind();
  } catch (thrown) {
    if (!(thrown instanceof FramecatError && thrown.errno === "EADDRINUSE")) throw thrown;
    await refuseTaken(path);
    unlinkSync(path);
    return bind();
  }
}

const TAKEN = "Name another path.";

/** What is there already may be no more than what a dead server has left behind. */
async function refuseTaken(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSocket() === true && (await isDeserted(path))) return;
  const what = found?.isSocket()
    ? "another server listens there"
    : `a ${found?.isDirectory() ? "folder" : "file"} is there that is no socket`;
  throw cannotListen(path, [what, TAKEN], "EADDRINUSE");
}

/** True for a unix socket on which nobody listens. */
function isDeserted(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.on("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.on("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
}

/** Node calls it a lack of permission where there is no folder. */
function pathFailure(error: NodeJS.ErrnoException, path: string): BindFailure {
  if (error.code === "EADDRINUSE" || existsSync(dirname(path))) return [errnoWords(error)];
  return ["its folder is not there", "A port is a number alone."];
}
