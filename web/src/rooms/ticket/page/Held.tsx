import { MoonOutlined } from "@ant-design/icons";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import type { Schema, TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { useNarrow } from "@ground/shell/useNarrow";
import { useAfterCommand } from "../data";
import css from "./merged.module.css";

type Waiting = Schema<"HeldNotice">;

/** Letters to the merchant that wait, until when and why; one may be sent at once by somebody who says why it must. */
export function Held({ page }: { page: TicketPage }) {
  const { t, f } = useWords();
  const [asked, setAsked] = useState<Waiting | null>(null);
  const [all, setAll] = useState(false);
  // The composer below needs the room; on a telephone one letter says enough.
  const few = useNarrow() ? 1 : 2;
  if (page.held.length === 0) return null;
  const shown = all ? page.held : page.held.slice(0, few);
  const more = page.held.length - shown.length;
  return (
    <div className={css.held}>
      {shown.map((one) => (
        <div key={one.id} className={css.into} data-testid="held">
          <MoonOutlined aria-hidden />
          <span>{t(`held.${one.held}`, { subject: one.subject, until: one.until ? f.moment(one.until) : "" })}</span>
          {page.allowed.includes("reply") && (
            <Button size="small" type="text" className={css.end} onClick={() => setAsked(one)}>
              {t("held.send")}
            </Button>
          )}
        </div>
      ))}
      {more > 0 && (
        <Button size="small" type="link" className={css.more} onClick={() => setAll(true)}>
          {t("held.more", { count: more })}
        </Button>
      )}
      {asked && <SendNow page={page} one={asked} onClose={() => setAsked(null)} />}
    </div>
  );
}

function SendNow({ page, one, onClose }: { page: TicketPage; one: Waiting; onClose: () => void }) {
  const { t } = useWords();
  const send = $api.useMutation("post", "/api/v1/tickets/{id}/notices/{notice_id}/send", useAfterCommand(onClose));
  return (
    <FormModal<{ reason: string }>
      title={t("held.send_title")}
      submit={t("held.send")}
      cancel={t("held.wait")}
      lead={t("held.send_lead")}
      pending={send.isPending}
      problem={send.error}
      onSubmit={({ reason }) => send.mutate({ params: { path: { id: page.ticket.id, notice_id: one.id } }, body: { reason } })}
      onClose={onClose}
    >
      <Form.Item name="reason" label={t("held.reason")} rules={[{ required: true, whitespace: true, message: t("held.reason_missing") }]}>
        <Input.TextArea maxLength={200} autoFocus autoSize={{ minRows: 2 }} />
      </Form.Item>
    </FormModal>
  );
}
