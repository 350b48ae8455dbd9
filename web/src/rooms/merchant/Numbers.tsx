import { EyeOutlined } from "@ant-design/icons";
import { Button, Input, Popover } from "antd";
import { useEffect, useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "./merchant.module.css";

type Props = {
  contact: { id: string; phone_masked?: string | null; email_masked?: string | null };
  /** Whoever stands before the door dials with a tap. */
  dial?: boolean;
};

/** The numbers of a contact: masked, or in clear until the moment the server named. */
export function Numbers({ contact, dial = false }: Props) {
  const { t } = useWords();
  const { may } = useSession();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const [shown, setShown] = useState<Schema<"Revealed"> | null>(null);
  const reveal = $api.useMutation("post", "/api/v1/contacts/{id}/reveal", {
    onSuccess: (numbers) => {
      setShown(numbers);
      setAsking(false);
      setReason("");
    },
  });
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(null), Math.max(0, Date.parse(shown.until) - Date.now()));
    return () => clearTimeout(timer);
  }, [shown]);

  const lines = shown ? [shown.phone, shown.email] : [contact.phone_masked, contact.email_masked];
  return (
    <div className={css.numbers}>
      <span className="num">
        {lines.filter(Boolean).map((line) => (
          <div key={line}>{dial && shown && line === shown.phone ? <a href={`tel:${line}`}>{line}</a> : line}</div>
        ))}
      </span>
      {!shown && may("contact.reveal") && (contact.phone_masked ?? contact.email_masked) && (
        <Popover
          trigger="click"
          open={asking}
          onOpenChange={setAsking}
          title={t("merchant.reveal_why")}
          content={
            <form
              className={css.reveal}
              onSubmit={(event) => {
                event.preventDefault();
                if (reason.trim()) reveal.mutate({ params: { path: { id: contact.id } }, body: { reason: reason.trim() } });
              }}
            >
              <Input value={reason} onChange={(event) => setReason(event.target.value)} maxLength={200} placeholder={t("merchant.reveal_hint")} aria-label={t("merchant.reveal_why")} autoFocus />
              {reveal.error && <ProblemLine problem={reveal.error} />}
              <Button htmlType="submit" disabled={!reason.trim()} loading={reveal.isPending} data-testid="reveal-submit">
                {t("merchant.reveal_submit")}
              </Button>
            </form>
          }
        >
          <Button type="text" {...(!dial && { size: "small" as const })} icon={<EyeOutlined />} data-testid="reveal">
            {t("merchant.reveal")}
          </Button>
        </Popover>
      )}
      {shown && <span className="meta">{t("merchant.revealed")}</span>}
    </div>
  );
}
