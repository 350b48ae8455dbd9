import type { KeyboardEvent } from "react";

/** Ctrl Enter (or Command): what was typed goes off. Enter alone belongs to the line or the word that is being written. */
export const isSend = (event: KeyboardEvent) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.nativeEvent.isComposing;
