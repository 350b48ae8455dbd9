import { Button } from "antd";
import { useWords } from "@ground/i18n/Words";
import css from "./field.module.css";

const reasons = {
  refuse: ["late", "part", "skill", "far"],
  off_site: ["indoors", "moved", "no_signal"],
  fail: ["no_part", "closed", "no_access", "acquirer"],
} as const;

/** The usual reasons at one tap; they fill the field, where they can be changed. */
export function ReasonChips({ name, onPick }: { name: keyof typeof reasons; onPick: (reason: string) => void }) {
  const { t } = useWords();
  return (
    <div className={css.chips}>
      {reasons[name].map((reason) => (
        <Button key={reason} className={css.chip} onClick={() => onPick(t(`field.why.${reason}`))}>
          {t(`field.why.${reason}`)}
        </Button>
      ))}
    </div>
  );
}
