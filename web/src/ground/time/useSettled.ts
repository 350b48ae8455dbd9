import { useEffect, useState } from "react";

/** What stands still for a moment: asked for once somebody has stopped typing. */
export function useSettled<T>(value: T, after: number): T {
  const text = JSON.stringify(value);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), after);
    return () => clearTimeout(timer);
  }, [text, after]);
  return JSON.parse(settled) as T;
}
