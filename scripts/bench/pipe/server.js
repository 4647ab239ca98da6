// An echo server that does little else. Prints its address; ends with its stdin. Run by pipe.js.
import { serveLeanEcho } from "../../../dist/transport/lean-serve.js";

const { url } = await serveLeanEcho();
process.stdout.write(`${url}\n`);
process.stdin.on("end", () => process.kill(process.pid)).resume();
