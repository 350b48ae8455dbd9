import { EllipsisOutlined } from "@ant-design/icons";
import { Link, useNavigate } from "@tanstack/react-router";
import { Dropdown } from "antd";
import { useWords } from "@ground/i18n/Words";
import type { RailItem } from "./rail";
import css from "./shell.module.css";

/** As many as a thumb tells apart at the bottom of a phone, the last place being "more". */
const AT_HAND = 5;

/** The rooms one may open; at the left on a desk, at the bottom on a phone, where the later ones wait behind "more". */
export function Rail({ items, here, narrow }: { items: readonly RailItem[]; here: RailItem | undefined; narrow: boolean }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const folded = narrow && items.length > AT_HAND;
  const first = folded ? items.slice(0, AT_HAND - 1) : items;
  const rest = folded ? items.slice(AT_HAND - 1) : [];
  const within = rest.find((item) => item === here);
  return (
    <nav className={css.rail} aria-label={t("shell.rooms")}>
      {first.map((item) => (
        <Link key={item.to} to={item.to} className={css.railItem} title={t(item.name)} aria-current={item === here ? "page" : undefined} data-testid={`rail-${item.word}`}>
          <item.icon />
          <span>{t(item.word)}</span>
        </Link>
      ))}
      {folded && (
        <Dropdown
          trigger={["click"]}
          placement="topRight"
          classNames={{ root: css.railMore }}
          menu={{ selectedKeys: within ? [within.to] : [], items: rest.map((item) => ({ key: item.to, icon: <item.icon />, label: t(item.name), onClick: () => void navigate({ to: item.to }) })) }}
        >
          <button type="button" className={css.railItem} aria-current={within ? "page" : undefined} data-testid="rail-more">
            {within ? <within.icon /> : <EllipsisOutlined />}
            <span>{t("rail.more")}</span>
          </button>
        </Dropdown>
      )}
    </nav>
  );
}
