import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { WHEN, type Column } from "@ground/list/DataList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ViewList } from "@ground/list/ViewList";
import { ExportButton } from "@ground/parts/ExportButton";
import { useSession } from "@ground/session/Session";
import { NewIncident } from "./NewIncident";
import { Scope } from "./Scope";

type Row = Schema<"IncidentRow">;
type State = "open" | "resolved";
const route = getRouteApi("/shell/incidents");
const idOf = (row: Row) => row.id;

/** Troubles that many tickets share: how many they hit, since when. */
export function IncidentsPage() {
  const { t, f } = useWords();
  const { may } = useSession();
  const navigate = useNavigate();
  const { state = "open" } = route.useSearch();
  const [making, setMaking] = useState(false);
  const list = $api.useInfiniteQuery("get", "/api/v1/incidents", { params: { query: { state, limit: 50 } } }, { ...keyset, refetchInterval: LOOK_EVERY });
  const rows = useRows<Row>(list);
  const open = (row: Row) => void navigate({ to: "/incidents/$id", params: { id: row.id } });

  const columns: Column<Row>[] = [
    { key: "number", title: t("incident.number"), width: "96px", render: (row) => <span className="num">{row.number}</span> },
    { key: "title", title: t("incident.what"), width: "minmax(200px, 1fr)", render: (row) => row.title },
    { key: "scope", title: t("incident.scope"), width: "minmax(160px, 1fr)", render: (row) => <Scope row={row} /> },
    { key: "reporters", title: t("incident.reporters"), width: "112px", align: "end", render: (row) => t("incident.reporters_of", { open: row.reporters_open, all: row.reporters }) },
    { key: "since", title: t(state === "open" ? "incident.since" : "incident.until"), width: WHEN, render: (row) => f.moment(row.resolved_at ?? row.opened_at) },
    { key: "by", title: t("incident.by"), width: "112px", render: (row) => row.opened_by },
  ];

  return (
    <ViewList<Row, State>
      title={t("incident.title")}
      view={{
        value: state,
        views: (["open", "resolved"] as const).map((key) => ({ key, label: t(`incident.state.${key}`) })),
        onView: (next) => void navigate({ to: "/incidents", search: next === "resolved" ? { state: "resolved" } : {}, replace: true }),
      }}
      tools={
        <>
          <ExportButton list="incidents" filter={{ state }} />
          {may("incident.work") && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)} data-testid="incident-new">
              {t("incident.new")}
            </Button>
          )}
        </>
      }
      list={list}
      nothing={{ title: t(`incident.none_${state}`), next: t("incident.none_next") }}
      rows={rows}
      id={idOf}
      columns={columns}
      onOpen={open}
      card={(row) => (
        <>
          <div>
            <span className="num">{row.number}</span> {row.title}
          </div>
          <div className="meta">
            <Scope row={row} />
          </div>
          <div className="meta num">
            {t("incident.reporters_of", { open: row.reporters_open, all: row.reporters })} · {f.moment(row.opened_at)}
          </div>
        </>
      )}
    >
      {making && <NewIncident onClose={() => setMaking(false)} onMade={(id) => void navigate({ to: "/incidents/$id", params: { id } })} />}
    </ViewList>
  );
}
