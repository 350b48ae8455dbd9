import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { WHEN, type Column } from "@ground/list/DataList";
import { PagedList } from "@ground/list/PagedList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ListPage } from "@ground/parts/ListPage";
import { ViewTabs } from "@ground/parts/ViewTabs";
import { useSession } from "@ground/session/Session";
import css from "./canned.module.css";
import { CannedModal, type Canned } from "./CannedModal";
import { MacroEditor, type Macro } from "./MacroEditor";

const route = getRouteApi("/shell/canned");
const idOf = (row: { id: string }) => row.id;

/** Words and commands that are used often: canned replies for everybody at the desk, macros written by who leads it. */
export function CannedPage() {
  const { t } = useWords();
  const { may } = useSession();
  const { view } = route.useSearch();
  const navigate = useNavigate();
  const [fresh, setFresh] = useState(false);
  const macros = view === "macros";
  return (
    <ListPage
      title={t("canned.title")}
      tools={
        <>
          <ViewTabs
            value={macros ? "macros" : "canned"}
            onView={(next) => void navigate({ to: "/canned", search: next === "macros" ? { view: "macros" } : {}, replace: true })}
            views={[
              { key: "canned", label: t("canned.replies") },
              { key: "macros", label: t("canned.macros") },
            ]}
          />
          {(!macros || may("canned.manage")) && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setFresh(true)} data-testid="canned-new">
              {t(macros ? "canned.new_macro" : "canned.new")}
            </Button>
          )}
        </>
      }
    >
      {macros ? <Macros fresh={fresh} onClose={() => setFresh(false)} /> : <Replies fresh={fresh} onClose={() => setFresh(false)} />}
    </ListPage>
  );
}

type Part = { fresh: boolean; onClose: () => void };

function Replies({ fresh, onClose }: Part) {
  const { t, f } = useWords();
  const list = $api.useInfiniteQuery("get", "/api/v1/canned", { params: { query: { limit: 50 } } }, keyset);
  const rows = useRows<Schema<"Canned">>(list);
  const [open, setOpen] = useState<Canned | null>(null);
  const columns: Column<Canned>[] = [
    { key: "name", title: t("canned.name"), width: "minmax(120px, 240px)", render: (row) => row.name },
    { key: "body", title: t("canned.body"), width: "minmax(200px, 1fr)", render: (row) => <span className={css.dim}>{row.body.replace(/\s+/g, " ")}</span> },
    { key: "share", title: t("canned.share"), width: "104px", render: (row) => t(`canned.share.${row.share}`) },
    { key: "owner", title: t("canned.owner"), width: "120px", render: (row) => row.owner_name },
    { key: "at", title: t("canned.updated"), width: WHEN, render: (row) => <time dateTime={row.updated_at}>{f.ago(row.updated_at)}</time> },
  ];
  return (
    <>
      <PagedList
        list={list}
        nothing={{ title: t("canned.none"), next: t("canned.none_next") }}
        label={t("canned.replies")}
        rows={rows}
        id={idOf}
        columns={columns}
        onOpen={setOpen}
        card={(row) => (
          <>
            <strong>{row.name}</strong> <span className="meta">{t(`canned.share.${row.share}`)}</span>
            <div className={css.line}>{row.body}</div>
          </>
        )}
      />
      {(fresh || open) && (
        <CannedModal
          canned={open}
          onClose={() => {
            setOpen(null);
            onClose();
          }}
        />
      )}
    </>
  );
}

function Macros({ fresh, onClose }: Part) {
  const { t, f } = useWords();
  const { may } = useSession();
  const list = $api.useInfiniteQuery("get", "/api/v1/recipes", { params: { query: { limit: 50 } } }, keyset);
  const rows = useRows<Macro>(list);
  const [open, setOpen] = useState<Macro | null>(null);
  const said = (row: Macro) => row.steps.map((step) => t(`macro.do.${step.do}`)).join(" → ");
  const columns: Column<Macro>[] = [
    { key: "name", title: t("canned.name"), width: "minmax(120px, 240px)", render: (row) => row.name },
    { key: "steps", title: t("macro.steps"), width: "minmax(200px, 1fr)", render: said },
    { key: "at", title: t("canned.updated"), width: WHEN, render: (row) => <time dateTime={row.updated_at}>{f.ago(row.updated_at)}</time> },
  ];
  return (
    <>
      <PagedList
        list={list}
        nothing={{ title: t("macro.none"), next: t(may("canned.manage") ? "macro.none_manage" : "macro.none_next") }}
        label={t("canned.macros")}
        rows={rows}
        id={idOf}
        columns={columns}
        onOpen={may("canned.manage") ? setOpen : undefined}
        card={(row) => (
          <>
            <strong>{row.name}</strong>
            <div className={css.line}>{said(row)}</div>
          </>
        )}
      />
      {(fresh || open) && (
        <MacroEditor
          macro={open}
          onClose={() => {
            setOpen(null);
            onClose();
          }}
        />
      )}
    </>
  );
}
