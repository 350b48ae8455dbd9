import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { DataList, type Column } from "@ground/list/DataList";
import { FormModal } from "@ground/parts/FormModal";
import { ListPage } from "@ground/parts/ListPage";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import { ViewTabs } from "@ground/parts/ViewTabs";
import css from "./library.module.css";

type Row = Schema<"GuideShelf">;
const idOf = (row: Row) => row.id;

/** Every guide: its version, how often it was walked and with what success, and what needs a look. */
export function LibraryPage() {
  const { t, f, pick } = useWords();
  const navigate = useNavigate();
  const list = $api.useQuery("get", "/api/v1/guide-library");
  const [view, setView] = useState("all");
  const [making, setMaking] = useState(false);
  const rows = list.data?.items ?? [];
  const fits: Record<string, (row: Row) => boolean> = {
    all: () => true,
    open: (row) => row.open != null,
    expiring: (row) => row.expiring,
    unsourced: (row) => !row.source,
  };
  const shown = rows.filter(fits[view] ?? (() => true));
  const open = (id: string) => void navigate({ to: "/admin/guides/$id", params: { id } });
  const rate = (row: Row) => (row.used.walks === 0 ? "—" : `${f.percent((100 * row.used.solved) / row.used.walks)}`);
  const state = (row: Row) => (row.open ? t(`library.open.${row.open}`) : row.expiring ? t("library.expiring") : "");

  const columns: Column<Row>[] = [
    { key: "name", title: t("facts.field.name"), width: "minmax(160px, 2fr)", render: (row) => pick(row.name) || row.id },
    { key: "faults", title: t("library.faults"), width: "minmax(120px, 1fr)", render: (row) => <span className="meta">{row.fault_codes.join(" ")}</span> },
    { key: "version", title: t("library.version"), width: "64px", align: "end", render: (row) => row.version ?? "—" },
    ...(rows.some((row) => row.origin !== "shipped") ? [{ key: "origin", title: t("facts.state"), width: "72px", render: (row: Row) => (row.origin === "shipped" ? "" : t(`facts.origin.${row.origin}`)) }] : []),
    { key: "walks", title: t("library.walks"), width: "80px", align: "end", render: (row) => f.number(row.used.walks) },
    { key: "rate", title: t("library.rate"), width: "88px", align: "end", render: (row) => <span title={`${row.used.solved}/${row.used.walks}`}>{rate(row)}</span> },
    // Columns nobody has filled in yet say nothing; the tabs count what is missing.
    ...(rows.some((row) => row.expires_on) ? [{ key: "expires", title: t("library.expires"), width: "112px", render: (row: Row) => row.expires_on ?? "—" }] : []),
    ...(rows.some((row) => row.source) ? [{ key: "source", title: t("facts.field.source"), width: "minmax(96px, 1fr)", render: (row: Row) => row.source || "—" }] : []),
    { key: "state", title: t("library.state"), width: "96px", render: (row) => <span className={row.expiring ? css.amber : undefined}>{state(row)}</span> },
  ];

  return (
    <ListPage
      up={{ to: "/admin", name: t("admin.title") }}
      title={t("library.title")}
      tools={
        <>
          <ViewTabs value={view} onView={setView} views={Object.keys(fits).map((key) => ({ key, label: `${t(`library.view.${key}` as "library.view.all")} ${rows.filter(fits[key]!).length}` }))} />
          <Button type="primary" onClick={() => setMaking(true)} data-testid="guide-new">
            {t("library.new")}
          </Button>
        </>
      }
    >
      {list.isPending ? (
        <RowsLoading />
      ) : list.error ? (
        <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />
      ) : shown.length === 0 ? (
        <Nothing kind="no_match" title={t("library.nothing")} next={t("library.nothing_next")} />
      ) : (
        <DataList
          label={t("library.title")}
          rows={shown}
          id={idOf}
          columns={columns}
          onOpen={(row) => open(row.id)}
          card={(row) => (
            <>
              <div className={css.cardTop}>
                <span>{pick(row.name) || row.id}</span> <span className="meta">{state(row)}</span>
              </div>
              <div className="meta">{t("library.card", { version: row.version ?? "—", walks: row.used.walks, rate: rate(row) })}</div>
            </>
          )}
        />
      )}
      {making && <NewModal taken={rows.map(idOf)} onClose={() => setMaking(false)} onMake={open} />}
    </ListPage>
  );
}

function NewModal({ taken, onClose, onMake }: { taken: readonly string[]; onClose: () => void; onMake: (id: string) => void }) {
  const { t } = useWords();
  return (
    <FormModal<{ id: string }> title={t("library.new")} submit={t("library.begin")} pending={false} problem={null} onSubmit={({ id }) => onMake(id)} onClose={onClose}>
      <Form.Item
        name="id"
        label={t("library.id")}
        extra={t("library.id_why")}
        rules={[
          { required: true, pattern: /^[a-z0-9-]{1,40}$/, message: t("library.id_shape") },
          { validator: (_, id: string) => (taken.includes(id) ? Promise.reject(new Error(t("library.id_taken"))) : Promise.resolve()) },
        ]}
      >
        <Input maxLength={40} autoCapitalize="off" spellCheck={false} />
      </Form.Item>
    </FormModal>
  );
}
