import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type Reflection from "protobufjs";
import { messageOf, usageError } from "../errors.ts";

/** Loaded only when a schema is asked for, because that takes long. */
type Protobuf = typeof Reflection;

/** Definitions are written by hand; a longer file holds something else. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Names that a hint tells. */
const MAX_NAMES = 8;

/**
 * The message of that name as a .proto file defines it, with all that the file imports: relative to
 * the file that imports it or to the first one. What protoc comes with is known.
 * @param name in full, or as far as it is clear
 * @param where begins messages
 * @throws FramecatError (usage)
 */
export async function loadMessageType(
  file: string,
  name: string,
  where: string,
): Promise<Reflection.Type> {
  const { default: protobuf } = await import("protobufjs");
  const root = new protobuf.Root();
  try {
    loadFiles(resolve(file), root, protobuf);
    root.resolveAll();
  } catch (thrown) {
    throw usageError(`${where}: ${messageOf(thrown).replaceAll(/\s+/g, " ")}`);
  }
  const found = root.lookup(name, [protobuf.Type]);
  if (found instanceof protobuf.Type) return found;
  const names = messageNames(root, protobuf);
  const more = names.length > MAX_NAMES ? ", …" : "";
  throw usageError(
    `${where}: no message is named ${JSON.stringify(name)}`,
    names.length === 0 ? undefined : `There are ${names.slice(0, MAX_NAMES).join(", ")}${more}.`,
  );
}

function loadFiles(first: string, root: Reflection.Root, protobuf: Protobuf): void {
  const pending = new Set([first]);
  // A set is walked to what is added on the way, too.
  for (const path of pending) {
    for (const target of parseFile(path, root, protobuf)) {
      const found = [dirname(path), dirname(first)]
        .map((folder) => resolve(folder, target))
        .find((candidate) => existsSync(candidate));
      if (found !== undefined) pending.add(found);
      else addPublished(target, path, root, protobuf);
    }
  }
}

/** Adds what a file defines; gives what it imports. */
function parseFile(path: string, root: Reflection.Root, protobuf: Protobuf): string[] {
  const text = readText(path);
  try {
    const { imports, weakImports } = protobuf.parse(text, root, { keepCase: true });
    return [...(imports ?? []), ...(weakImports ?? [])];
  } catch (thrown) {
    throw new Error(`${path}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

function readText(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new Error(`${path}: no such file`);
  const { size } = found;
  if (found.isDirectory()) throw new Error(`${path}: it is a folder`);
  if (size > MAX_BYTES) throw new Error(`${path}: it is over ${MAX_BYTES} bytes`);
  return readFileSync(path, "utf8");
}

/** The definitions under google/protobuf that come with every compiler. */
function addPublished(
  target: string,
  path: string,
  root: Reflection.Root,
  protobuf: Protobuf,
): void {
  const published = protobuf.common.get(target);
  if (!published?.nested) throw new Error(`${path} imports ${target}, which is not there`);
  root.addJSON(published.nested);
}

function messageNames(root: Reflection.Root, protobuf: Protobuf): string[] {
  const names: string[] = [];
  const visit = (space: Reflection.NamespaceBase): void => {
    for (const one of space.nestedArray) {
      if (one instanceof protobuf.Type) names.push(one.fullName.slice(1));
      if (one instanceof protobuf.Namespace || one instanceof protobuf.Type) visit(one);
    }
  };
  visit(root);
  return names;
}
