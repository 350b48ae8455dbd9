import { Button } from "antd";
import { useWords } from "@ground/i18n/Words";

/** Says that a form holds what was typed before and not sent, and lets it begin anew. */
export function BackLine({ back, onAnew }: { back: object; onAnew: () => void }) {
  const { t } = useWords();
  if (Object.keys(back).length === 0) return null;
  return (
    <p className="meta" role="status" data-testid="form-back">
      {t("form.back")}{" "}
      <Button type="link" size="small" onClick={onAnew}>
        {t("form.anew")}
      </Button>
    </p>
  );
}
