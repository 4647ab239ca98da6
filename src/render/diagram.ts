import type { Frame } from "../protocol/frame.ts";
import type { Theme } from "./theme.ts";

export function frameDiagram(_frame: Frame, _theme: Theme): string[] {
  return [];
}
