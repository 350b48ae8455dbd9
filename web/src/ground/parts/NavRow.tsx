import { useEffect, useRef, type ReactNode } from "react";
import css from "./parts.module.css";

type Props = { label: string; className?: string | undefined; children: ReactNode };

/** Where one can go from here, in a row that may be longer than the screen: the place one stands at is always in sight. */
export function NavRow({ label, className, children }: Props) {
  const row = useRef<HTMLElement>(null);
  const shown = useRef<Element>(null);
  // What stands in the row may come later, and the place changes without the row being made anew: looked at after every drawing.
  useEffect(() => {
    const here = row.current?.querySelector<HTMLElement>("[aria-current=page]");
    if (!row.current || !here || here === shown.current) return;
    shown.current = here;
    const [outer, inner] = [row.current.getBoundingClientRect(), here.getBoundingClientRect()];
    row.current.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  });
  return (
    <nav ref={row} className={className ?? css.navRow} aria-label={label}>
      {children}
    </nav>
  );
}
