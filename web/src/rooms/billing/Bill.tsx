import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import css from "./billing.module.css";

type Line = Schema<"Charge">;

/** Prices with their reasons: which term frees a line, or why it is charged. `whole` is the reason that stands above all of them. */
export function Bill({ lines, total, tax, whole }: { lines: readonly Line[]; total?: number; tax?: number; whole?: Schema<"Text"> | undefined }) {
  const { t, f, pick } = useWords();
  const reason = (line: Line) => {
    const { freed, why } = line.cover ?? {};
    if (freed) return t("quote.free_by", { term: pick(freed.name), why: pick(freed.why) });
    return why && why.zh !== whole?.zh ? pick(why) : "";
  };
  return (
    <table className={css.bill}>
      <tbody>
        {lines.map((line) => (
          <tr key={line.code}>
            <th scope="row">
              {pick(line.name)}
              {line.percent != null ? ` +${line.percent}%` : line.quantity > 1 ? ` × ${line.quantity}` : ""}
              {reason(line) && <span className="meta">{reason(line)}</span>}
            </th>
            <td>{line.cover?.freed ? t("quote.free") : f.money(line.amount)}</td>
          </tr>
        ))}
        {total !== undefined && (
          <tr className={css.sum}>
            <th scope="row">{tax === undefined ? t("quote.sum") : t("quote.total", { tax: f.money(tax) })}</th>
            <td>{f.money(total)}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
