import { DownloadOutlined } from "@ant-design/icons";
import { Dropdown, Button } from "antd";
import { useWords } from "@ground/i18n/Words";
import { filterOf, type QueueSearch } from "../search";

/** The list as a table to take away: the rows it shows, phone numbers masked; who took it is noted. */
export function ExportButton({ search }: { search: QueueSearch }) {
  const { t } = useWords();
  const address = (format: string) => `/api/v1/exports/tickets?${new URLSearchParams({ format, view: search.view ?? "open", ...filterOf(search) }).toString()}`;
  return (
    <Dropdown
      trigger={["click"]}
      menu={{ items: (["xlsx", "csv"] as const).map((format) => ({ key: format, label: <a href={address(format)} download>{t(`export.${format}`)}</a> })) }}
    >
      <Button size="small" type="text" icon={<DownloadOutlined />} data-testid="export">
        {t("export.title")}
      </Button>
    </Dropdown>
  );
}
