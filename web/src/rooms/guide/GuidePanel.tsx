import { useQueryClient } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useState } from "react";
import type { Schema, TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemLine, ProblemPage } from "@ground/parts/ProblemView";
import { nextCommand, type Command } from "@rooms/ticket/page/next";
import { Ended } from "./Ended";
import css from "./guide.module.css";
import { Walk } from "./Walk";

type Props = { page: TicketPage; onCommand: (command: Command) => void };

/** A guide at the desk: one question at a time, what facts already answered, and where it leads. */
export function GuidePanel({ page, onCommand }: Props) {
  const { t } = useWords();
  const { ticket, guide, allowed } = page;
  const walk = $api.useQuery("get", "/api/v1/tickets/{id}/guide", { params: { path: { id: ticket.id } } }, { enabled: guide.state !== null && guide.state !== undefined });
  const may = allowed.includes("guide");
  if (guide.state && walk.isPending) return <BlockLoading lines={6} />;
  if (guide.state && walk.error && !walk.data) return <ProblemPage problem={walk.error} onRetry={() => void walk.refetch()} />;
  const view = guide.state ? walk.data : undefined;
  if (view?.state === "running") return <Walk ticket={ticket.id} view={view} may={may} />;
  return (
    <>
      {view?.state === "ended" && <Ended view={view} allowed={allowed} onCommand={onCommand} />}
      {may ? <Start page={page} again={view !== undefined} /> : !view && <Nothing kind="empty" title={t("guide.not_now")} next={t("guide.not_now_why")} />}
    </>
  );
}

/** After each answer the panel shows the new step at once, and the ticket's page reads itself again. */
export function useWalked(ticket: string) {
  const cache = useQueryClient();
  const key = $api.queryOptions("get", "/api/v1/tickets/{id}/guide", { params: { path: { id: ticket } } }).queryKey;
  return {
    onSuccess: (view: Schema<"GuideView">) => {
      cache.setQueryData(key, view);
      for (const path of ["/api/v1/tickets/{id}", "/api/v1/tickets/{id}/timeline"]) void cache.invalidateQueries({ queryKey: ["get", path] });
    },
    // Somebody else answered meanwhile: show where the walk stands now.
    onError: () => void cache.invalidateQueries({ queryKey: key }),
  };
}

function Start({ page, again }: { page: TicketPage; again: boolean }) {
  const { t, pick } = useWords();
  const { ticket, guide } = page;
  const [chosen, setChosen] = useState<string | null>(guide.fits?.id ?? null);
  const guides = $api.useQuery("get", "/api/v1/guides", {}, { staleTime: Infinity });
  const start = $api.useMutation("post", "/api/v1/tickets/{id}/guide", useWalked(ticket.id));
  return (
    <section className={css.panel}>
      <h3>{t(again ? "guide.again" : "guide.start_title")}</h3>
      <p className="lead">{guide.fits ? t("guide.fits", { name: pick(guide.fits.name) }) : t("guide.choose_why")}</p>
      <Select
        className={css.choice}
        value={chosen}
        onChange={setChosen}
        loading={guides.isPending}
        placeholder={t("guide.choose")}
        aria-label={t("guide.choose")}
        showSearch={{ optionFilterProp: "search" }}
        options={(guides.data?.items ?? []).map((g) => ({ value: g.id, label: pick(g.name), search: `${g.name.zh} ${g.name.en} ${g.fault_codes.join(" ")}` }))}
      />
      {start.error && <ProblemLine problem={start.error} />}
      <Button
        type={nextCommand(page) === "guide" ? "primary" : "default"}
        disabled={!chosen}
        loading={start.isPending}
        onClick={() => start.mutate({ params: { path: { id: ticket.id } }, body: { guide: chosen } })}
        data-testid="guide-start"
      >
        {t("guide.start")}
      </Button>
    </section>
  );
}
