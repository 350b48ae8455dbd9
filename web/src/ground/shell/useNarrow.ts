import { useEffect, useState } from "react";

/** Whether the window is as narrow as a phone. */
export function useNarrow(below = 768): boolean {
  const [narrow, setNarrow] = useState(() => window.innerWidth < below);
  useEffect(() => {
    const query = window.matchMedia(`(max-width: ${below - 1}px)`);
    const follow = () => setNarrow(query.matches);
    follow();
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, [below]);
  return narrow;
}
