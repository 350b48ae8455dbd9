import { Skeleton, Spin } from "antd";
import { useEffect, useState } from "react";
import { useWords } from "@ground/i18n/Words";
import css from "./parts.module.css";

/** False for the first moments: what comes at once needs no skeleton. */
export function useLate(after = 200): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), after);
    return () => clearTimeout(timer);
  }, [after]);
  return late;
}

/** Rows where rows will be. */
export function RowsLoading({ rows = 12, height = 36 }: { rows?: number; height?: number }) {
  const late = useLate();
  const { t } = useWords();
  return (
    <div role="status" aria-label={t("state.loading")} className={css.rows}>
      {late &&
        Array.from({ length: rows }, (_, i) => (
          <div key={i} className={css.row} style={{ height }}>
            <Skeleton.Input active={false} size="small" style={{ width: 96, minWidth: 0 }} />
            <Skeleton.Input active={false} size="small" block />
          </div>
        ))}
    </div>
  );
}

/** Paragraphs where paragraphs will be. */
export function BlockLoading({ lines = 4 }: { lines?: number }) {
  const late = useLate();
  const { t } = useWords();
  return (
    <div role="status" aria-label={t("state.loading")} className={css.block}>
      {late && <Skeleton active={false} title={false} paragraph={{ rows: lines }} />}
    </div>
  );
}

export function PageLoading() {
  const late = useLate();
  const { t } = useWords();
  return (
    <div role="status" aria-label={t("state.loading")} className={css.wholePage}>
      {late && <Spin />}
    </div>
  );
}
