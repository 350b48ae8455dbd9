import { App, Form, Input, Select } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BackLine } from "@ground/parts/BackLine";
import { Dialog } from "@ground/parts/Dialog";
import { useLeftState } from "@ground/parts/left";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useLookAgain, type Span } from "./data";
import { SpanField } from "./SpanField";

type Props = { date: string; engineers: readonly Schema<"BoardRow">[]; onClose: () => void; onPlan: (plan: string) => void };

/** Somebody does not come: their orders are free again, and a plan for them is searched for at once. */
export function AbsenceModal({ date, engineers, onClose, onPlan }: Props) {
  const { t } = useWords();
  const { message } = App.useApp();
  const look = useLookAgain();
  const { typed, set, back, keep, anew } = useLeftState<{ engineer?: string; span?: Span; reason: string }>(`absence ${date}`, { reason: "" });
  const { engineer, span, reason } = typed;
  const note = $api.useMutation("post", "/api/v1/dispatch/absences", {
    onSuccess: (done) => {
      look();
      void message.success(t("dispatch.absence_noted", { count: done.freed.length }));
      onClose();
      if (done.plan) onPlan(done.plan.id);
    },
  });
  const choose = (id: string) => {
    const shift = engineers.find((row) => row.engineer.id === id)?.shift;
    set({ engineer: id, ...(shift && { span: shift }) });
  };
  const row = engineers.find((r) => r.engineer.id === engineer);
  return (
    <Dialog
      open
      title={t("dispatch.absent_title")}
      okText={t("dispatch.absent_send")}
      cancelText={t("action.cancel")}
      okButtonProps={{ disabled: !engineer || !span || !reason.trim() }}
      confirmLoading={note.isPending}
      onCancel={() => {
        keep();
        onClose();
      }}
      onOk={() => engineer && span && note.mutate({ body: { engineer_id: engineer, ...span, reason: reason.trim() } })}
    >
      <p className="lead">{t("dispatch.absent_why")}</p>
      <Form layout="vertical" component="div">
        <Form.Item label={t("dispatch.engineer")} htmlFor="absent-who">
          <Select
            id="absent-who"
            showSearch={{ optionFilterProp: "label" }}
            value={engineer}
            onChange={choose}
            options={engineers.filter((r) => r.shift).map((r) => ({ value: r.engineer.id, label: r.engineer.name }))}
            placeholder={t("dispatch.absent_who")}
          />
        </Form.Item>
        {row && row.orders.length > 0 && <p className="lead">{t("dispatch.absent_has", { count: row.orders.length })}</p>}
        <SpanField label={t("dispatch.absent_when")} day={date} value={span} onChange={(next) => set({ span: next })} />
        <Form.Item label={t("command.reason")} htmlFor="absent-reason">
          <Input id="absent-reason" value={reason} onChange={(event) => set({ reason: event.target.value })} maxLength={200} placeholder={t("dispatch.absent_hint")} />
        </Form.Item>
      </Form>
      <BackLine back={back} onAnew={anew} />
      {note.error && <ProblemLine problem={note.error} />}
    </Dialog>
  );
}
