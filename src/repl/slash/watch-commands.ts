import { parseCount } from "../../units.ts";
import { FILTER_TAKES, parseFilter } from "../event-filter.ts";
import type { SlashCommand } from "./command.ts";

/** How many frames a search shows: the latest. */
const MAX_FOUND = 50;

/** What has happened, and what of it is shown. */
export const WATCH_COMMANDS: readonly SlashCommand[] = [
  {
    name: "last",
    takes: "[COUNT]",
    meaning: "decode the latest frames in full",
    topic: "Watching",
    run: (argument, { past, views }) => {
      const count = argument.trim() === "" ? 1 : parseCount(argument, "COUNT", 1, 1000);
      const frames = past.lastFrames(count);
      return frames.length === 0 ? ["no frame has passed yet"] : views.frames(frames);
    },
  },
  {
    name: "search",
    takes: FILTER_TAKES,
    meaning: "show past frames again that match",
    topic: "Watching",
    run: (argument, { past, views }) => {
      const matches = parseFilter(argument);
      const found = past.events.filter((event) => event.type === "frame" && matches(event));
      const left = found.length > MAX_FOUND ? [`the latest ${MAX_FOUND} of ${found.length}:`] : [];
      const lost =
        past.forgotten > 0 ? [`the oldest ${past.forgotten} events are kept no more`] : [];
      if (found.length === 0) return ["nothing found", ...lost];
      return [...left, ...views.again(found.slice(-MAX_FOUND)), ...lost];
    },
  },
  {
    name: "filter",
    takes: `off|${FILTER_TAKES}`,
    meaning: "show only frames that match from now on",
    topic: "Watching",
    run: (argument, { display }) => {
      const off = argument.trim() === "off" || argument.trim() === "";
      const hidden = display.setFilter(off ? undefined : parseFilter(argument));
      const told = hidden > 0 ? `; the one before has hidden ${hidden}` : "";
      return [off ? `every frame is shown${told}` : `other frames are hidden${told}`];
    },
  },
  {
    name: "pause",
    takes: "",
    meaning: "stop showing what comes; it goes on being received",
    topic: "Watching",
    run: (_, { display }) => {
      display.pause();
      return ["paused; /resume shows what came"];
    },
  },
  {
    name: "resume",
    takes: "",
    meaning: "show what came, and go on",
    topic: "Watching",
    run: (_, { display }) => display.resume(),
  },
  {
    name: "stats",
    takes: "",
    meaning: "show messages, bytes, round trips and errors so far",
    topic: "Watching",
    run: (_, { views }) => views.statistics(),
  },
  {
    name: "codes",
    takes: "",
    meaning: "list close codes and opcodes",
    topic: "Watching",
    run: (_, { views }) => views.codes(),
  },
];
