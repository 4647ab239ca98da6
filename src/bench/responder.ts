import process from "node:process";
import { serveLeanEcho } from "../transport/lean-serve.ts";

/** The entry of the embedded echo server's process; it ends with who started it, or when told to. */
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);
process.on("SIGHUP", () => undefined);
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

const { url } = await serveLeanEcho();
process.send?.({ url });
