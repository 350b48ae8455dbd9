import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { useAfterCommand, useForgetTickets } from "../data";
import { CommandModal } from "./CommandModal";
import type { DialogProps } from "./deciding";

/** Lets a merged ticket stand on its own again; says what stays where it was written. */
export function UnmergeDialog({ page, onClose }: DialogProps) {
  const { t } = useWords();
  const forget = useForgetTickets();
  const after = useAfterCommand(() => {
    forget();
    onClose();
  });
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/unmerge", after);
  const { id, version, number } = page.ticket;
  return (
    <CommandModal<object>
      name="unmerge"
      lead={t("command.unmerge_lead", { number, survivor: page.merged_into?.number ?? "" })}
      page={page}
      run={run}
      onSubmit={() => run.mutate({ params: { path: { id } }, body: { version } })}
      onClose={onClose}
    />
  );
}
