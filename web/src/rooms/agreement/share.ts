import type { Formats } from "@ground/time/format";

type Kept = { kept: number; late: number; attainment_bp?: number | null };

/** How much was kept, with what it is a share of: `98.1% (1,204 / 1,227)`. Cut down, never up: one broken promise is never 100%. */
export function share(f: Formats, { kept, late, attainment_bp: bp }: Kept): string {
  if (bp === null || bp === undefined) return "—";
  return `${f.percent(Math.floor(bp / 10) / 10)} (${f.number(kept)} / ${f.number(kept + late)})`;
}
