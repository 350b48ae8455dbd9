import { DownloadOutlined, InboxOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Progress, Radio, Upload } from "antd";
import { useState } from "react";
import type { Problem, Schema } from "@api";
import { download, upload } from "@ground/api/files";
import { useWords } from "@ground/i18n/Words";
import { Dialog } from "@ground/parts/Dialog";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "./import.module.css";
import { kinds, needs, type Kind } from "./kinds";

type Page = Schema<"ImportPage">;
type Props = { kind: Kind; onKind: (kind: Kind) => void; onClose: () => void };

/** What the file holds, a sample to begin with, and the file. Nothing is imported by handing it in. */
export function NewImport({ kind, onKind, onClose }: Props) {
  const { t } = useWords();
  const { may } = useSession();
  const navigate = useNavigate();
  const [share, setShare] = useState(0);
  const sample = useMutation<unknown, Problem, "xlsx" | "csv">({ mutationFn: (format) => download(`/api/v1/import-samples/${kind}?format=${format}`) });
  const hand = useMutation<Page, Problem, File>({
    mutationFn: (file) => {
      setShare(0);
      return upload<Page>(`/api/v1/imports?${new URLSearchParams({ kind, file_name: file.name })}`, file, setShare);
    },
    retry: 0,
    onSuccess: (page) => void navigate({ to: "/imports/$id", params: { id: page.id } }),
  });
  return (
    <Dialog open title={t("import.new")} footer={null} mask={{ closable: !hand.isPending }} closable={!hand.isPending} onCancel={onClose} width={560} destroyOnHidden>
      <h3 className={css.step}>{t("import.what")}</h3>
      <Radio.Group className={css.kinds} value={kind} onChange={(event) => onKind(event.target.value as Kind)} disabled={hand.isPending}>
        {kinds.filter((one) => may(needs[one] ?? "registry.edit")).map((one) => (
          <Radio key={one} value={one} data-testid={`import-kind-${one}`}>
            {t(`import.kind.${one}`)} <span className="meta">{t(`import.about.${one}`)}</span>
          </Radio>
        ))}
      </Radio.Group>
      <div className={css.samples}>
        <span>{t("import.sample")}</span>
        {(["xlsx", "csv"] as const).map((format) => (
          <Button key={format} size="small" icon={<DownloadOutlined />} onClick={() => sample.mutate(format)} loading={sample.isPending && sample.variables === format}>
            {format.toUpperCase()}
          </Button>
        ))}
      </div>
      {sample.error && <ProblemLine problem={sample.error} />}
      <Upload.Dragger
        accept=".xlsx,.csv,.txt"
        multiple={false}
        showUploadList={false}
        disabled={hand.isPending}
        beforeUpload={(file) => {
          hand.mutate(file);
          return false;
        }}
      >
        <p className={css.drop}>
          <InboxOutlined aria-hidden />
        </p>
        <p>{t("import.drop")}</p>
        <p className="meta">{t("import.limits")}</p>
      </Upload.Dragger>
      {hand.isPending && (
        <div role="status" className={css.under}>
          {share < 1 ? t("import.sending", { file: hand.variables.name }) : t("import.reading")}
          <Progress percent={Math.round(share * 100)} showInfo={share < 1} status={share < 1 ? "normal" : "active"} aria-label={t("import.progress")} />
        </div>
      )}
      {hand.error && (
        <div className={css.under}>
          <ProblemLine problem={hand.error} />
        </div>
      )}
    </Dialog>
  );
}
