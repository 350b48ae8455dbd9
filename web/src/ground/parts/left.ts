/**
 * What was typed into a form and not sent. The same form has it again when it is opened again: a key too many loses nothing. It lives as
 * long as the page and is never written anywhere, for it may hold what belongs to a merchant.
 */
import type { FormInstance } from "antd";
import { useEffect, useState } from "react";

const left = new Map<string, Record<string, unknown>>();

/** Somebody else sits down: what was left is not theirs. */
export const forgetLeft = () => left.clear();

const isSaid = (value: unknown) => value !== undefined && value !== null && value !== "";

/** What somebody put into a form by hand, and what came back to it from before. */
export function typedInto(form: FormInstance, back: object = {}): Record<string, unknown> {
  const values = form.getFieldsValue() as Record<string, unknown>;
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => (form.isFieldTouched(name) || name in back) && isSaid(value)));
}

/** What somebody changed by hand in values that are no form's; an emptied one is not worth keeping. */
export function changedFrom(begin: object, now: object): Record<string, unknown> {
  const before = begin as Record<string, unknown>;
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== before[name] && isSaid(value)));
}

/** Leaves what was typed under a name; nothing typed leaves nothing. */
export function leave(name: string, typed: Record<string, unknown>) {
  if (Object.keys(typed).length > 0) left.set(name, typed);
}

/** What was left under a name. */
export const leftUnder = (name: string): Record<string, unknown> | undefined => left.get(name);

/** The name of a form: of the same page, with the same title, about the same thing. What was typed about one shop is not another's. */
export const nameOf = (title: string, initial: object | undefined, { pathname, search }: Pick<Location, "pathname" | "search">) =>
  JSON.stringify([pathname, search, title, initial ?? null]);

type Left = {
  /** What came back; empty when nothing was left, and once it is not wanted any more. */
  back: Record<string, unknown>;
  /** Keeps what was typed, for a form that is closed without being sent. */
  keep: () => void;
  /** It was sent. */
  forget: () => void;
  /** Begins anew, with what the form begins with. */
  anew: (initial?: object) => void;
};

const nothing = {};

/** What was left in the form with this name. A dialog takes it out when it opens; a page has it until it is sent. */
export function useLeft(name: string, form: FormInstance, untilSent = false): Left {
  const [back, setBack] = useState<Record<string, unknown>>(() => left.get(name) ?? nothing);
  useEffect(() => {
    if (!untilSent) left.delete(name);
  }, [name, untilSent]);
  return {
    back,
    keep: () => leave(name, typedInto(form, back)),
    forget: () => void left.delete(name),
    anew: (initial = {}) => {
      left.delete(name);
      form.setFieldsValue({ ...Object.fromEntries(Object.keys(back).map((field) => [field, undefined])), ...initial });
      setBack(nothing);
    },
  };
}

/** The same for a dialog whose answers are no form: `begin` is what it begins with, and the name says what it is about. */
export function useLeftState<T extends object>(name: string, begin: T) {
  const [back, setBack] = useState<Record<string, unknown>>(() => left.get(name) ?? nothing);
  const [first] = useState(begin);
  const [typed, setTyped] = useState<T>({ ...first, ...back });
  useEffect(() => void left.delete(name), [name]);
  return {
    typed,
    set: (patch: Partial<T>) => setTyped((was) => ({ ...was, ...patch })),
    back,
    keep: () => leave(name, changedFrom(first, typed)),
    anew: () => {
      setTyped(first);
      setBack(nothing);
    },
  };
}
