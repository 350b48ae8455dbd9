import { Button, Input } from "antd";
import { useState } from "react";
import { useWords } from "@ground/i18n/Words";
import css from "./field.module.css";
import { canScan, Scanner } from "./Scanner";
import { plainSerial } from "./stage";

export type Serial = { typed: string; again: string; scanned: boolean };

/** A serial one may rely on: read by the camera, or typed twice the same. */
export function isSure({ typed, again, scanned }: Serial, optional: boolean): boolean {
  if (typed.trim() === "") return optional;
  return scanned || plainSerial(typed) === plainSerial(again);
}

type Props = { label: string; optional: boolean; value: Serial; onChange: (serial: Serial) => void };

/** A serial by camera where the browser can, else typed twice: one wrong digit is another merchant's terminal. */
export function SerialField({ label, optional, value, onChange }: Props) {
  const { t } = useWords();
  const [scanning, setScanning] = useState(false);
  const { typed, again, scanned } = value;
  const differs = !scanned && again !== "" && plainSerial(again) !== plainSerial(typed).slice(0, plainSerial(again).length);
  const shape = { size: "large" as const, maxLength: 40, autoCapitalize: "characters", autoCorrect: "off", spellCheck: false, className: css.serial };
  return (
    <fieldset className={css.serialField}>
      <legend>
        {label}
        {optional && <span className="meta"> {t("field.optional")}</span>}
      </legend>
      <div className={css.serialRow}>
        <Input {...shape} value={typed} onChange={(event) => onChange({ typed: event.target.value, again: "", scanned: false })} aria-label={label} />
        {canScan() && (
          <Button className={css.big} onClick={() => setScanning(true)}>
            {t("field.scan")}
          </Button>
        )}
      </div>
      {typed !== "" && !scanned && (
        <Input {...shape} value={again} status={differs ? "error" : ""} onChange={(event) => onChange({ ...value, again: event.target.value })} onPaste={(event) => event.preventDefault()} aria-label={t("field.serial_again", { label })} placeholder={t("field.serial_again_hint")} />
      )}
      {scanned && <p className="meta">✓ {t("field.scanned")}</p>}
      {differs && (
        <p role="alert" className={css.hint}>
          {t("field.serial_differs")}
        </p>
      )}
      {typed !== "" && !scanned && isSure(value, false) && <p className="meta">✓ {t("field.serial_same")}</p>}
      {scanning && (
        <Scanner
          onRead={(serial) => {
            onChange({ typed: serial, again: serial, scanned: true });
            setScanning(false);
          }}
          onClose={() => setScanning(false)}
        />
      )}
    </fieldset>
  );
}
