/** What the rail offers. Each room names its own entry; the rail shows those the session may open. */
import type { ComponentType } from "react";
import type { Role } from "@api";
import type { Key } from "@ground/i18n/words";

export type RailItem = {
  /** Where it leads. */
  to: string;
  /** Two characters in Chinese, one short word in English. */
  word: Key;
  /** The full name: page title, palette. */
  name: Key;
  icon: ComponentType;
  /** The action without which the page says no. */
  needs: string;
  /** Roles whose work it is, when the action alone says too little; everybody else reaches it by address. */
  roles?: readonly Role[];
  /** Roles that begin their day here. */
  homeOf?: readonly Role[];
  /** Second key after `G`. */
  key?: string;
  /** Other addresses that belong to it. */
  also?: readonly string[];
  /** Addresses within it that ask for less: the page itself says no. */
  open?: readonly string[];
};

const entries: RailItem[] = [];

/** Called once by the application with the entries of its rooms, in order. */
export function setRail(items: readonly RailItem[]) {
  entries.splice(0, entries.length, ...items);
}

export const rail = (): readonly RailItem[] => entries;

/** The entries of the rail for somebody. */
export const railFor = ({ may, me }: { may: (action: string) => boolean; me: { role: Role } }): RailItem[] =>
  entries.filter((item) => may(item.needs) && (!item.roles || item.roles.includes(me.role)));

/** Whether the shell lets somebody into an address at all. */
export const isOpen = (item: RailItem, path: string, may: (action: string) => boolean) => may(item.needs) || (item.open ?? []).includes(path);

export const isWithin = (item: RailItem, path: string) => [item.to, ...(item.also ?? [])].some((to) => path === to || path.startsWith(`${to}/`));
