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

const shops = { to: "/merchants", word: "merchant.title" } as const;
const devices = { to: "/terminals", word: "terminal.title" } as const;
/** Where the rows are found afterwards. */
const home = { merchants: shops, stores: shops, contacts: shops, terminals: devices, bindings: devices, users: { to: "/people", word: "people.title" }, parts: { to: "/parts", word: "part.title" } } as const;

/** What came of it. Rows left behind go on in a file of their own. */
export function Finished({ page }: { page: Page }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const errors = useMutation<unknown, Problem>({ mutationFn: () => download(`/api/v1/imports/${page.id}/errors.xlsx`) });
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
        <Link to={home[page.kind].to}>{t(home[page.kind].word)}</Link>
      </div>
      {errors.error && <ProblemLine problem={errors.error} />}
      {page.tally.bad > 0 && <BadRows page={page} fixed />}
    </>
  );
}
