import { DownOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { useWords } from "@ground/i18n/Words";
import { Kbd } from "@ground/parts/Kbd";
import { useSession } from "@ground/session/Session";
import type { Deed } from "./BulkModal";
import { MOST } from "./bulk";
import css from "./queue.module.css";

type Props = {
  count: number;
  /** How many the list holds; null while nobody knows. */
  total: number | null;
  /** Whether all of them are meant, not only the picked. */
  all: boolean;
  onAll: () => void;
  onDeed: (deed: Deed) => void;
  onEnd: () => void;
};

/** What can be done with the picked tickets at once. */
export function BulkBar({ count, total, all, onAll, onDeed, onEnd }: Props) {
  const { t } = useWords();
  const { may } = useSession();
  const states = (["pause", "resume", "solve", "confirm", "cancel"] as const).filter((deed) => may(needs[deed]));
  const more = total !== null && total > count && !all;
  return (
    <div className={css.bulk} role="toolbar" aria-label={t("queue.bulk")}>
      <span className="num" aria-live="polite">
        {all ? t("queue.picked_all", { count: total ?? count }) : t("queue.picked", { count })}
      </span>
      {more &&
        (total <= MOST ? (
          <Button size="small" type="link" onClick={onAll} data-testid="bulk-all">
            {t("queue.pick_all", { count: total })}
          </Button>
        ) : (
          <span className="meta">{t("queue.pick_all_limit", { count: total, limit: MOST })}</span>
        ))}
      {may("ticket.assign") && (
        <>
          <Button size="small" onClick={() => onDeed("claim")} data-testid="bulk-claim">
            {t("queue.bulk_claim")} <Kbd>E</Kbd>
          </Button>
          <Button size="small" onClick={() => onDeed("assign")} data-testid="bulk-assign">
            {t("do.assign")} <Kbd>A</Kbd>
          </Button>
        </>
      )}
      {may("ticket.work") && (
        <Button size="small" onClick={() => onDeed("priority")} data-testid="bulk-priority">
          {t("do.priority")} <Kbd>P</Kbd>
        </Button>
      )}
      <Dropdown trigger={["click"]} menu={{ items: states.map((deed) => ({ key: deed, danger: deed === "cancel", label: t(`do.${deed}`), onClick: () => onDeed(deed) })) }}>
        <Button size="small" data-testid="bulk-state">
          {t("queue.bulk_state")} <Kbd>S</Kbd> <DownOutlined />
        </Button>
      </Dropdown>
      {may("ticket.note") && (
        <Button size="small" onClick={() => onDeed("note")} data-testid="bulk-note">
          {t("do.note")}
        </Button>
      )}
      {may("canned.use") && may("ticket.work") && (
        <Button size="small" onClick={() => onDeed("recipe")} data-testid="bulk-recipe">
          {t("macro.title")}
        </Button>
      )}
      <Button size="small" type="text" onClick={onEnd}>
        {t("queue.bulk_cancel")}
      </Button>
    </div>
  );
}

/** The action a deed needs. */
const needs = { pause: "ticket.work", resume: "ticket.work", solve: "ticket.solve", confirm: "ticket.confirm", cancel: "ticket.cancel" } as const;
