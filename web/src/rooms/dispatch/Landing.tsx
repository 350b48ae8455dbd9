import { CheckOutlined, CloseOutlined, ExclamationOutlined } from "@ant-design/icons";
import { useEffect, useState } from "react";
import { useWords } from "@ground/i18n/Words";
import { useVerdict, type Row, type Verdict } from "./data";
import css from "./dispatch.module.css";
import { placeOf, type Scale } from "./scale";

/** How long the pointer rests before the rules are asked, in milliseconds. */
const REST_MS = 120;

/** What a drop here would mean, in a word for its pattern and sign. */
export const meaning = (verdict: Verdict) => (!verdict.allowed ? "no" : verdict.needs_reason || verdict.off_shift || verdict.breaks_promise ? "ask" : "yes");

const signs = { yes: <CheckOutlined aria-hidden />, ask: <ExclamationOutlined aria-hidden />, no: <CloseOutlined aria-hidden /> } as const;

type Props = { order: Row; engineer: string; from: number; above: boolean; scale: Scale; onVerdict: (verdict: Verdict | undefined) => void };

/** Where a dragged order would lie, and in words whether it may: while the pointer is still on its way. */
export function Landing({ order, engineer, from, above, scale, onVerdict }: Props) {
  const { t, f, pick } = useWords();
  const [asked, setAsked] = useState<number | null>(null);
  useEffect(() => {
    const rest = setTimeout(() => setAsked(from), REST_MS);
    return () => clearTimeout(rest);
  }, [from]);
  const still = asked === from;
  const verdict = useVerdict(order.id, still ? { engineer, from: new Date(from).toISOString() } : null).data;
  useEffect(() => onVerdict(still ? verdict : undefined), [verdict, still, onVerdict]);
  const shown = still ? verdict : undefined;
  const at = placeOf(scale, from, shown ? Date.parse(shown.planned.to) : from + 30 * 60_000);
  if (!at) return null;
  const means = shown && meaning(shown);
  return (
    <>
      <span className={css.landing} data-means={means} style={{ left: `${at.left}%`, width: `${at.width}%` }} />
      <span className={css.verdict} data-means={means} data-above={above || undefined} data-testid="verdict" style={at.left > 50 ? { right: `${100 - at.left}%` } : { left: `${at.left + at.width}%` }}>
        {means && signs[means]} <span className="num">{f.clock(new Date(from).toISOString())}</span>{" "}
        {shown ? (shown.against.length > 0 ? shown.against.map(pick).join(" ") : t("dispatch.can_go")) : t("dispatch.looking")}
      </span>
    </>
  );
}
