/** What rooms put into the top bar, beside who one is. */
import type { ComponentType } from "react";

const tools: ComponentType[] = [];

/** Called once by the application. */
export function setTopTools(items: readonly ComponentType[]) {
  tools.splice(0, tools.length, ...items);
}

export const topTools = (): readonly ComponentType[] => tools;
