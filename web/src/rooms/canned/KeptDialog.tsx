import { useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm, type ButtonProps } from "antd";
import type { ReactNode } from "react";
import type { Problem } from "@api";
import { useWords } from "@ground/i18n/Words";
import { Dialog } from "@ground/parts/Dialog";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./canned.module.css";

type Run = { isPending: boolean; error: Problem | null };

type Props = {
  title: string;
  width: number;
  add: Run;
  change: Run;
  /** Taking it away; left out where it is not there yet, or not this person's. */
  removal?: { name: string; run: Run; go: () => void } | undefined;
  /** The button that keeps it; left out for who may only read. */
  save?: ButtonProps | undefined;
  onClose: () => void;
  children: ReactNode;
};

/** What a write of this list is followed by: the list is read again, and the dialog closes. */
export function useKept(path: "/api/v1/canned" | "/api/v1/recipes", onClose: () => void) {
  const cache = useQueryClient();
  return {
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: ["get", path] });
      onClose();
    },
  };
}

/** The dialog of something that is kept under a name: taking it away stands apart from keeping it. */
export function KeptDialog({ title, width, add, change, removal, save, onClose, children }: Props) {
  const { t } = useWords();
  const problem = add.error ?? change.error ?? removal?.run.error;
  return (
    <Dialog
      open
      closable={false}
      title={title}
      width={width}
      onCancel={onClose}
      mask={{ closable: false }}
      destroyOnHidden
      footer={
        <div className={css.foot}>
          {removal && (
            <Popconfirm title={t("canned.remove_sure", { name: removal.name })} okText={t("canned.remove")} cancelText={t("action.cancel")} okButtonProps={{ danger: true }} onConfirm={removal.go}>
              <Button danger type="text" loading={removal.run.isPending}>
                {t("canned.remove")}
              </Button>
            </Popconfirm>
          )}
          <span className={css.space} />
          <Button onClick={onClose}>{t(save ? "action.cancel" : "action.close")}</Button>
          {save && <Button type="primary" loading={add.isPending || change.isPending} {...save} />}
        </div>
      }
    >
      {children}
      {problem && <ProblemLine problem={problem} />}
    </Dialog>
  );
}
