import { Drawer } from "antd";
import type { ReactNode } from "react";
import css from "./field.module.css";

type Props = { open: boolean; title: ReactNode; onClose: () => void; children: ReactNode; foot?: ReactNode };

/** A half screen from below, as a thumb reaches it. What was typed in it stays when it is only closed. */
export function Sheet({ open, title, onClose, children, foot }: Props) {
  return (
    <Drawer
      open={open}
      title={title}
      onClose={onClose}
      placement="bottom"
      size="auto"
      rootClassName="ps-modal"
      classNames={{ wrapper: css.sheet, section: css.sheetInner, body: css.sheetBody }}
      {...(foot && { footer: <div className={css.sheetFoot}>{foot}</div> })}
    >
      {children}
    </Drawer>
  );
}
