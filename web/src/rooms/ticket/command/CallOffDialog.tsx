import type { Schema, TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { useForgetTickets } from "../data";
import { CommandModal } from "./CommandModal";
import { ReasonField } from "./fields";

/** Nobody needs to go any more; the ticket stays with the desk. */
export function CallOffDialog({ page, order, onClose }: { page: TicketPage; order: Schema<"WorkOrderRow">; onClose: () => void }) {
  const { t } = useWords();
  const forget = useForgetTickets();
  const run = $api.useMutation("post", "/api/v1/work-orders/{id}/cancel", {
    onSuccess: () => {
      forget();
      onClose();
    },
  });
  return (
    <CommandModal<{ reason: string }>
      name="call_off"
      lead={t("command.call_off_lead")}
      danger
      page={page}
      run={run}
      onSubmit={({ reason }) => run.mutate({ params: { path: { id: order.id } }, body: { version: order.version, reason: reason.trim() } })}
      onClose={onClose}
    >
      <ReasonField />
    </CommandModal>
  );
}
