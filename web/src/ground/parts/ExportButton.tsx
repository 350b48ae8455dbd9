import { DownloadOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { App, Dropdown } from "antd";
import type { Problem } from "@api";
import { download } from "@ground/api/files";
import { useWords } from "@ground/i18n/Words";
import { useSession } from "@ground/session/Session";
import { useSentence } from "./ProblemView";
import { SideButton } from "./SideButton";

type Props = {
  /** The list's word in its address: `merchants`. */
  list: string;
  /** What the list on screen is narrowed to; the table is narrowed alike. */
  filter?: Record<string, string | undefined>;
};

/** Takes the list on screen away as a table. Only for those who may; who took it is written down. */
export function ExportButton({ list, filter = {} }: Props) {
  const { t } = useWords();
  const { may } = useSession();
  const { message } = App.useApp();
  const sentence = useSentence();
  const take = useMutation<{ leftOut: boolean }, Problem, string>({
    mutationFn: (format) => {
      const asked = Object.entries({ ...filter, format }).filter((pair): pair is [string, string] => Boolean(pair[1]));
      return download(`/api/v1/exports/${list}?${new URLSearchParams(asked)}`);
    },
    onSuccess: ({ leftOut }) => leftOut && void message.warning(t("export.left_out")),
    onError: (problem) => void message.error(sentence(problem)),
  });
  if (!may("export.read")) return null;
  return (
    <Dropdown trigger={["click"]} menu={{ items: ["xlsx", "csv"].map((format) => ({ key: format, label: format.toUpperCase() })), onClick: ({ key }) => take.mutate(key) }}>
      <SideButton icon={<DownloadOutlined />} loading={take.isPending} data-testid="export">
        {t("export.title")}
      </SideButton>
    </Dropdown>
  );
}
