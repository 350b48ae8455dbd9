/** Single keys and short sequences. They rest while somebody writes, while an input method composes, and under a dialog. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { kept } from "@ground/kept";
import { meant, moves } from "./remap";

/** Whether keys without Ctrl or Alt do anything; people who dictate or tremble switch them off. */
export const singleKeys = kept("single-keys", true, (v): v is boolean => typeof v === "boolean");
const told = new Set<() => void>();

/** The same for whoever shows the switch. */
export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore((tell) => {
    told.add(tell);
    return () => void told.delete(tell);
  }, singleKeys.read);
  return [
    on,
    (next) => {
      singleKeys.write(next);
      told.forEach((tell) => tell());
    },
  ];
}

/** `"j"`, `"Shift+X"`, `"mod+k"` (Ctrl or Command), `"g q"` for one after the other. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

const SEQUENCE_MS = 900;
const fields = "input, textarea, select, [contenteditable=true], [role=combobox]";
/** What floats above the page takes all keys while it is open: dialogs, and menus of buttons and fields. */
const floats = [
  ".ant-modal-wrap:not([style*='display: none'])",
  ".ant-drawer-open",
  ...["dropdown", "popover", "select-dropdown", "picker-dropdown"].map((kind) => `.ant-${kind}:not(.ant-${kind}-hidden)`),
].join(", ");

const isWriting = (target: EventTarget | null) => target instanceof Element && target.closest(fields) !== null && !target.closest("input[type=checkbox], input[type=radio]");

function name(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const mods = [event.ctrlKey || event.metaKey ? "mod+" : "", event.altKey ? "Alt+" : "", event.shiftKey && /^([a-z]|Arrow\w+)$/.test(key) ? "Shift+" : ""].join("");
  return mods + (key === " " ? "Space" : key);
}

/** Every map that stands, so that the second key of a sequence means nothing else meanwhile, whoever listens first. */
const standing = new Set<{ current: KeyMap }>();
const leads = (key: string) => [...standing].some(({ current }) => Object.keys(current).some((keys) => keys.startsWith(`${key} `)));

type Options = {
  /** Keys with Ctrl or Command work inside fields too. */
  inFields?: boolean;
  /** Keys of a dialog itself. */
  inDialog?: boolean;
  off?: boolean;
};

export function useKeys(map: KeyMap, { inFields = false, inDialog = false, off = false }: Options = {}) {
  const latest = useRef(map);
  useEffect(() => {
    latest.current = map;
  });
  useEffect(() => {
    if (off) return;
    standing.add(latest);
    let pending: { key: string; at: number } | null = null;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
      const pressed = name(event);
      if (!/mod\+|Alt\+|^Escape$/.test(pressed) && !singleKeys.read()) return;
      if (isWriting(event.target) && !(inFields && pressed.startsWith("mod+"))) return;
      if (!inDialog && document.querySelector(floats)) return;
      // Space and Enter on a focused control belong to that control.
      if ((pressed === "Space" || pressed === "Enter") && event.target instanceof Element && event.target.closest("button, a, [role=tab], [role=menuitem]")) return;
      const stands = meant(pressed, moves());
      const after = pending && event.timeStamp - pending.at < SEQUENCE_MS ? pending.key : null;
      const alone = stands === null || (after !== null && leads(after)) ? undefined : latest.current[stands];
      const act = (after && latest.current[`${after} ${pressed}`]) || alone;
      pending = { key: pressed, at: event.timeStamp };
      if (!act) return;
      event.preventDefault();
      pending = null;
      act(event);
    };
    window.addEventListener("keydown", onKey);
    return () => {
      standing.delete(latest);
      window.removeEventListener("keydown", onKey);
    };
  }, [inFields, inDialog, off]);
}
