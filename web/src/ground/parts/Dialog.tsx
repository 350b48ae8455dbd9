import { Modal, type ModalProps } from "antd";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { isSend } from "@ground/keys/send";

/** Where the hand was before a dialog opened. */
function standing(): HTMLElement | null {
  const on = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  // A menu that led here is gone when the dialog closes; the button that opened it is not.
  if (on === null || on === document.body || on.closest(".ant-dropdown, .ant-popover")) return document.querySelector<HTMLElement>(".ant-dropdown-open, .ant-popover-open");
  return on;
}

/** What is to be filled in comes first, not the cross that closes. */
function begin(panel: HTMLElement | null) {
  const on = document.activeElement;
  if (panel === null || (on instanceof HTMLElement && panel.contains(on) && !on.matches(".ant-modal-close"))) return;
  panel.querySelector<HTMLElement>(".ant-modal-body form :is(input, textarea):not(:disabled)")?.focus();
}

/** Ctrl Enter is the filled button, from whatever field one stands in. */
function press(event: KeyboardEvent<HTMLElement>) {
  if (!isSend(event)) return;
  event.preventDefault();
  event.stopPropagation();
  event.currentTarget.querySelector<HTMLElement>(".ant-modal-footer .ant-btn-primary:not(:disabled)")?.click();
}

/** A dialog that gives the focus back to where it was: to the button or the row it came from, else to the page. */
export function Dialog(props: ModalProps) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = standing();
    return () => {
      requestAnimationFrame(() => {
        // Another dialog that has opened meanwhile keeps it.
        if (document.querySelector(".ant-modal-wrap:not([style*='display: none'])")) return;
        const back = before?.isConnected ? before : document.getElementById("page");
        back?.focus({ preventScroll: true });
      });
    };
  }, []);
  // A click beside it loses nothing that was typed; what only shows something may be clicked away.
  const mask = props.mask ?? (props.footer === null ? undefined : { closable: false });
  return (
    <Modal
      {...props}
      {...(mask !== undefined && { mask })}
      panelRef={panel}
      wrapProps={{ ...props.wrapProps, onKeyDownCapture: press }}
      afterOpenChange={(open) => {
        props.afterOpenChange?.(open);
        if (open) begin(panel.current);
      }}
    />
  );
}
