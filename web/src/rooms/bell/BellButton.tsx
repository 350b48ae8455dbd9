import { BellOutlined } from "@ant-design/icons";
import { Link, useNavigate } from "@tanstack/react-router";
import { Badge, Button, Popover } from "antd";
import { useState } from "react";
import { useWords } from "@ground/i18n/Words";
import { useRows } from "@ground/list/useKeyset";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { useNarrow } from "@ground/shell/useNarrow";
import css from "./bell.module.css";
import { BellLine } from "./BellLine";
import { useBells, useRead, useUnread, type Bell } from "./data";

const FEW = 8;

/** The bell in the top bar: how many are unread, and the newest of them. */
export function BellButton() {
  const { t } = useWords();
  const { may } = useSession();
  const on = may("bell.read");
  const narrow = useNarrow();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const unread = useUnread(on).data?.unread ?? 0;
  if (!on) return null;
  const button = (
    <Button type="text" aria-label={t("bell.button", { count: unread })} title={t("bell.title")} data-testid="bell" {...(narrow && { onClick: () => void navigate({ to: "/bell" }) })}>
      <Badge count={unread} overflowCount={99} size="small" color="var(--c-action)">
        <BellOutlined className={css.bell} aria-hidden />
      </Badge>
    </Button>
  );
  // A phone has no room beside the page: the page itself opens.
  if (narrow) return button;
  return (
    <Popover open={open} onOpenChange={setOpen} trigger="click" placement="bottomRight" destroyOnHidden content={<Newest onClose={() => setOpen(false)} unread={unread} />} styles={{ container: { padding: 0 } }}>
      {button}
    </Popover>
  );
}

function Newest({ onClose, unread }: { onClose: () => void; unread: number }) {
  const { t } = useWords();
  const list = useBells(FEW);
  const read = useRead();
  const rows = useRows<Bell>(list).slice(0, FEW);
  return (
    <div className={css.popover}>
      <header className={css.head}>
        <strong>{t("bell.title")}</strong>
        <Button type="link" size="small" disabled={unread === 0} loading={read.isPending} onClick={() => read.mutate({ body: {} })}>
          {t("bell.read_all")}
        </Button>
      </header>
      {list.isPending ? (
        <RowsLoading rows={3} />
      ) : list.error ? (
        <ProblemLine problem={list.error} onRetry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <Nothing kind="empty" title={t("bell.none")} next={t("bell.none_next")} />
      ) : (
        rows.map((bell) => (
          <BellLine
            key={bell.id}
            bell={bell}
            onOpen={() => {
              if (!bell.read_at) read.mutate({ body: { id: bell.id } });
              onClose();
            }}
          />
        ))
      )}
      <footer className={css.foot}>
        <Link to="/bell" onClick={onClose}>
          {t("bell.all")}
        </Link>
      </footer>
    </div>
  );
}
