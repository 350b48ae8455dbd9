import { DisconnectOutlined } from "@ant-design/icons";
import { onlineManager, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { useWords } from "@ground/i18n/Words";
import css from "./shell.module.css";

/** Whether the device has a network at all. */
export const useOnline = () => useSyncExternalStore((tell) => onlineManager.subscribe(tell), () => onlineManager.isOnline());

/** Says that what stands on the page is from before the connection broke, and how old it is. */
export function OfflineBar() {
  const { t, f } = useWords();
  const online = useOnline();
  const cache = useQueryClient();
  if (online) return null;
  const read = cache
    .getQueryCache()
    .findAll({ type: "active" })
    .map((query) => query.state.dataUpdatedAt)
    .filter((at) => at > 0);
  return (
    <div className={css.offline} role="status">
      <DisconnectOutlined aria-hidden /> {read.length > 0 ? t("shell.offline", { at: f.moment(new Date(Math.min(...read))) }) : t("shell.offline_empty")}
    </div>
  );
}
