import { DownloadOutlined, PlusOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import type { Problem } from "@api";
import { download } from "@ground/api/files";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { BadRows } from "./BadRows";
import type { Page } from "./data";
import css from "./import.module.css";
import { Tallied } from "./Tallied";

/** What came of it. Rows left behind go on in a file of their own. */
export function Finished({ page }: { page: Page }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const errors = useMutation<unknown, Problem>({ mutationFn: () => download(`/api/v1/imports/${page.id}/errors.xlsx`) });
  const shop = page.kind === "merchants" || page.kind === "stores" || page.kind === "contacts";
  return (
    <>
      <Tallied page={page} />
      <p className="lead">{t(page.tally.bad > 0 ? "import.done_some" : "import.done_all")}</p>
      <div className={css.actions}>
        {page.tally.bad > 0 && (
          <Button type="primary" icon={<DownloadOutlined />} loading={errors.isPending} onClick={() => errors.mutate()}>
            {t("import.errors")}
          </Button>
        )}
        <Button icon={<PlusOutlined />} onClick={() => void navigate({ to: "/imports", search: { kind: page.kind } })}>
          {t("import.new")}
        </Button>
        {shop ? <Link to="/merchants">{t("merchant.title")}</Link> : <Link to="/terminals">{t("terminal.title")}</Link>}
      </div>
      {errors.error && <ProblemLine problem={errors.error} />}
      {page.tally.bad > 0 && <BadRows page={page} fixed />}
    </>
  );
}
