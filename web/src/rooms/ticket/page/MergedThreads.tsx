import { DownOutlined, MergeOutlined, RightOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import type { Schema, TicketLine, TicketPage } from "@api";
import { useWords } from "@ground/i18n/Words";
import { ChannelLabel } from "@ground/labels/Labels";
import { useRows } from "@ground/list/useKeyset";
import { BlockLoading } from "@ground/parts/Loading";
import { useTimeline } from "../data";
import { Line } from "./Line";
import css from "./merged.module.css";

/** What was said under other numbers, each thread whole; and where this ticket goes on, if it does elsewhere. */
export function MergedThreads({ page }: { page: TicketPage }) {
  const { t, f } = useWords();
  const { merged, merged_into: into } = page;
  if (merged.length === 0 && !into) return null;
  return (
    <div className={css.merged}>
      {into && (
        <p className={css.into} data-testid="merged-into">
          <MergeOutlined aria-hidden />
          <span>
            {t("merged.into", { by: into.by, at: f.moment(into.at) })}{" "}
            <Link to="/tickets/$id" params={{ id: into.id }}>
              {into.number}
            </Link>
          </span>
        </p>
      )}
      {merged.map((one) => (
        <Thread key={one.id} one={one} />
      ))}
    </div>
  );
}

function Thread({ one }: { one: Schema<"MergedTicket"> }) {
  const { t, f } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <section data-testid="merged-thread">
      <div className={css.head}>
        <Button type="text" size="small" icon={open ? <DownOutlined /> : <RightOutlined />} aria-expanded={open} onClick={() => setOpen(!open)}>
          {t("merged.thread", { number: one.number, count: one.lines })}
        </Button>
        <ChannelLabel channel={one.channel} />
        <span className="meta">
          {[one.contact_name, t("merged.by", { by: one.by, at: f.moment(one.at) })].filter(Boolean).join(" · ")}
        </span>
        <Link to="/tickets/$id" params={{ id: one.id }} className={css.end}>
          {t("merged.open", { number: one.number })}
        </Link>
      </div>
      {open && <Lines id={one.id} />}
    </section>
  );
}

function Lines({ id }: { id: string }) {
  const timeline = useTimeline(id);
  const lines = useRows<TicketLine>({ data: timeline.data as never });
  if (timeline.isPending) return <BlockLoading lines={3} />;
  return (
    <div className={css.lines}>
      {lines.map((line) => (
        <Line key={line.id} line={line} />
      ))}
    </div>
  );
}
