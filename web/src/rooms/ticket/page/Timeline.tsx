import { Button } from "antd";
import { Fragment, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { TicketLine } from "@api";
import { useWords } from "@ground/i18n/Words";
import { useRows } from "@ground/list/useKeyset";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemPage } from "@ground/parts/ProblemView";
import { isoDay } from "@ground/time/format";
import { useTimeline } from "../data";
import { Line } from "./Line";
import css from "./timeline.module.css";

/** Everything that was said and happened, oldest first, the newest in sight. */
export function Timeline({ id }: { id: string }) {
  const { t, f } = useWords();
  const timeline = useTimeline(id);
  const lines = useRows<TicketLine>({ data: timeline.data as never });
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // Lines already in sight of somebody who reads further up; what came since waits behind a button.
  const [seen, setSeen] = useState<number | null>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = timeline;

  // A timeline is read to its end: the newest line is what people look for.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  // New lines are followed only by somebody who stands at the end.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box && atEnd.current) box.scrollTop = box.scrollHeight;
  }, [lines.length]);

  const news = seen === null ? 0 : lines.length - seen;
  const toEnd = () => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  };

  return (
    <div
      className={css.scroll}
      ref={scroller}
      onScroll={(event) => {
        const box = event.currentTarget;
        atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
        setSeen((before) => (atEnd.current ? null : (before ?? lines.length)));
      }}
      // The region scrolls, so the keyboard must reach it.
      tabIndex={0}
      role="log"
      aria-label={t("ticket.timeline")}
    >
      {timeline.isPending && <BlockLoading lines={8} />}
      {timeline.error && lines.length === 0 && <ProblemPage problem={timeline.error} onRetry={() => void timeline.refetch()} />}
      {lines.map((line, i) => {
        const before = lines[i - 1];
        const newDay = !before || isoDay(new Date(before.at)) !== isoDay(new Date(line.at));
        return (
          <Fragment key={line.id}>
            {newDay && <div className={css.day}>{f.date(line.at)}</div>}
            <Line line={line} />
          </Fragment>
        );
      })}
      {news > 0 && (
        <Button size="small" className={css.news} onClick={toEnd} data-testid="timeline-news">
          {t("list.news", { count: news })}
        </Button>
      )}
      {isFetchingNextPage && <Button type="text" loading disabled block aria-label={t("state.loading")} />}
    </div>
  );
}
