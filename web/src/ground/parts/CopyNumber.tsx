import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import { useEffect, useState } from "react";
import { useWords } from "@ground/i18n/Words";
import css from "./parts.module.css";

/** Digits in groups of four, as serials are read out. */
export const grouped = (serial: string) => serial.replace(/(.{4})(?=.)/g, "$1 ");

type Props = {
  /** What is copied. */
  value: string;
  /** What is shown; the value without it. */
  shown?: string;
  /** Serials are set in a fixed width. */
  mono?: boolean;
};

/** A number one can take along with a click. */
export function CopyNumber({ value, shown = value, mono = false }: Props) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => void navigator.clipboard.writeText(value).then(() => setCopied(true));
  return (
    <button type="button" className={mono ? `${css.copy} ${css.mono}` : css.copy} onClick={copy} aria-label={t("action.copy_value", { value })} title={t(copied ? "action.copied" : "action.copy")}>
      {shown}
      {copied ? <CheckOutlined /> : <CopyOutlined />}
    </button>
  );
}
