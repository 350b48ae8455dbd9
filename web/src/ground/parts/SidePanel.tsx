import { CloseOutlined } from "@ant-design/icons";
import { Button, Drawer } from "antd";
import type { ReactNode } from "react";
import { useKeys } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { useNarrow } from "@ground/shell/useNarrow";
import css from "./panel.module.css";

type Props = { open: boolean; title: ReactNode; onClose: () => void; width?: number; children: ReactNode };

/** Beside a list where there is room for both, above it where there is not. `Esc` closes it. */
export function SidePanel({ open, title, onClose, width = 480, children }: Props) {
  const { t } = useWords();
  const tight = useNarrow(1280);
  useKeys({ Escape: onClose }, { off: !open || tight });
  if (tight) {
    return (
      <Drawer open={open} onClose={onClose} title={title} size={Math.min(width, window.innerWidth)} destroyOnHidden>
        {children}
      </Drawer>
    );
  }
  if (!open) return null;
  return (
    <aside className={css.panel} style={{ width }}>
      <header className={css.head}>
        <h2>{title}</h2>
        <Button type="text" icon={<CloseOutlined />} aria-label={t("action.close")} onClick={onClose} />
      </header>
      <div className={css.body}>{children}</div>
    </aside>
  );
}
