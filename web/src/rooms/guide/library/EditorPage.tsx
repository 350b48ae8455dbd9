import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { App, Button, DatePicker, Input, Popconfirm, Segmented } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import type { Problem, Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ListPage } from "@ground/parts/ListPage";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine, ProblemPage } from "@ground/parts/ProblemView";
import { newBody, type Body } from "./edit";
import { Findings } from "./Findings";
import css from "./library.module.css";
import { NodeForm } from "./NodeForm";
import { Outline } from "./Outline";
import { Rehearsal } from "./Rehearsal";
import { ReturnModal } from "./ReturnModal";

const route = getRouteApi("/shell/admin/guides/$id");

type Editor = Schema<"GuideEditor">;

const blank = (id: string): Editor => ({ id, version: null, body: newBody(), source: "", expires_on: null, open: null, past: [], walks: 0, steps: [], fact_names: [] });

/** A guide as it is written: the outline, one node at a time, what is still wrong, and how it reads. */
export function EditorPage() {
  const { id } = route.useParams();
  const page = $api.useQuery("get", "/api/v1/guide-library/{id}", { params: { path: { id } } });
  if (page.isPending) return <BlockLoading lines={10} />;
  // One that nobody has begun yet is not there yet.
  if (page.error && page.error.status !== 404) return <ProblemPage problem={page.error} onRetry={() => void page.refetch()} />;
  const editor = page.data ?? blank(id);
  return <Shown key={`${id} ${editor.open?.seen ?? 0} ${editor.open?.version ?? 0}`} editor={editor} />;
}

function Shown({ editor }: { editor: Editor }) {
  const { t, f, pick } = useWords();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const { id } = editor;
  const { node } = route.useSearch();
  const go = (next?: string) => void navigate({ to: "/admin/guides/$id", params: { id }, search: next ? { node: next } : {}, replace: true });
  const [body, setBody] = useState<Body>(editor.body);
  const [source, setSource] = useState(editor.source);
  const [expires, setExpires] = useState(editor.expires_on ?? null);
  const [view, setView] = useState<"write" | "agent" | "merchant">("write");
  const [returning, setReturning] = useState(false);
  const key = $api.queryOptions("get", "/api/v1/guide-library/{id}", { params: { path: { id } } }).queryKey;
  const after = (done?: () => void) => ({
    onSuccess: (next: Editor) => {
      cache.setQueryData(key, next);
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/guide-library"] });
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/guides"] });
      done?.();
    },
    onError: (problem: Problem) => {
      if (problem.code === "guide.draft_changed") void cache.invalidateQueries({ queryKey: key });
    },
  });
  const params = { path: { id } };
  const save = $api.useMutation("post", "/api/v1/guide-library/{id}/draft", after(() => void message.success(t("library.saved"))));
  const submit = $api.useMutation("post", "/api/v1/guide-library/{id}/submit", after());
  const publish = $api.useMutation("post", "/api/v1/guide-library/{id}/publish", after(() => void message.success(t("library.published"))));
  const discard = $api.useMutation("post", "/api/v1/guide-library/{id}/discard", {
    onSuccess: () => {
      cache.removeQueries({ queryKey: key });
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/guide-library"] });
      void navigate({ to: "/admin/guides" });
    },
  });
  const { open } = editor;
  const dirty = body !== editor.body || source !== editor.source || expires !== (editor.expires_on ?? null);
  const seen = open?.seen ?? 0;
  const problem = save.error ?? submit.error ?? publish.error ?? discard.error;
  const current = node ?? body.start;
  const clean = open !== null && open !== undefined && open.findings.length === 0 && !dirty;

  return (
    <ListPage
      up={{ to: "/admin/guides", name: t("library.title") }}
      title={pick(body.name) || id}
      about={[
        editor.version ? t("library.in_force", { version: editor.version }) : t("library.never"),
        open && `${t(`library.open.${open.state}`)} v${open.version} · ${open.author} ${f.moment(open.edited_at)}`,
        editor.walks > 0 && t("library.walked", { count: editor.walks }),
      ]
        .filter(Boolean)
        .join(" · ")}
      tools={
        <>
          <Segmented value={view} onChange={setView} options={(["write", "agent", "merchant"] as const).map((value) => ({ value, label: t(`library.look.${value}`) }))} />
          {open && (
            <Popconfirm title={t("library.discard_sure")} okText={t("facts.discard")} cancelText={t("action.cancel")} onConfirm={() => discard.mutate({ params, body: { seen } })}>
              <Button type="text" danger>
                {t("facts.discard")}
              </Button>
            </Popconfirm>
          )}
          <Button type={dirty ? "primary" : "default"} disabled={!dirty} loading={save.isPending} onClick={() => save.mutate({ params, body: { seen: open?.seen ?? null, body, source, expires_on: expires } })} data-testid="guide-save">
            {t("library.save")}
          </Button>
          {open?.state === "draft" && (
            <Button type={clean ? "primary" : "default"} disabled={!clean} loading={submit.isPending} onClick={() => submit.mutate({ params, body: { seen } })} data-testid="guide-submit">
              {t("library.submit")}
            </Button>
          )}
          {open?.state === "review" && (
            <>
              <Button onClick={() => setReturning(true)}>{t("library.return")}</Button>
              <Button type="primary" disabled={open.mine || dirty} title={open.mine ? t("library.mine") : undefined} loading={publish.isPending} onClick={() => publish.mutate({ params, body: { seen } })} data-testid="guide-publish">
                {t("facts.publish")}
              </Button>
            </>
          )}
        </>
      }
    >
      {open?.state === "review" && open.mine && <p className={css.note}>{t("library.mine")}</p>}
      {open?.returned_because && <p className={css.note}>{t("library.returned", { reason: open.returned_because })}</p>}
      {problem && <ProblemLine problem={problem} />}
      {view !== "write" ? (
        <Rehearsal key={view} body={body} audience={view} />
      ) : (
        <div className={css.columns}>
          <Outline body={body} current={current} uses={editor.steps} findings={open?.findings ?? []} onBody={setBody} onGo={go} />
          <NodeForm key={current} body={body} id={current} facts={editor.fact_names} onBody={setBody} onGo={go} />
          <aside className={css.side}>
            <h2>{t("library.about")}</h2>
            {(["zh", "en"] as const).map((lang) => (
              <label key={lang} className={css.field}>
                <span>{`${t("facts.field.name")} · ${t(`lang.${lang}`)}`}</span>
                <Input value={body.name[lang]} maxLength={60} onChange={(event) => setBody({ ...body, name: { ...body.name, [lang]: event.target.value } })} />
              </label>
            ))}
            <label className={css.field}>
              <span>{t("facts.field.source")}</span>
              <Input value={source} maxLength={200} placeholder={t("library.source_hint")} onChange={(event) => setSource(event.target.value)} data-testid="guide-source" />
            </label>
            <label className={css.field}>
              <span>{t("library.expires")}</span>
              <DatePicker value={expires ? dayjs(expires) : null} minDate={dayjs().add(1, "day")} maxDate={dayjs().add(730, "day")} onChange={(day) => setExpires(day?.format("YYYY-MM-DD") ?? null)} />
            </label>
            <Findings findings={open?.findings ?? []} stale={dirty} draft={open != null} onGo={go} />
            {editor.past.length > 0 && (
              <>
                <h2>{t("facts.history")}</h2>
                <ol className={css.past}>
                  {editor.past.map((past) => (
                    <li key={past.version}>
                      v{past.version} <span className="meta">{t("library.past", { author: past.author, reviewer: past.reviewer ?? "—", at: past.published_at ? f.moment(past.published_at) : "—" })}</span>
                    </li>
                  ))}
                </ol>
              </>
            )}
          </aside>
        </div>
      )}
      {returning && <ReturnModal id={id} seen={seen} after={after(() => setReturning(false))} onClose={() => setReturning(false)} />}
    </ListPage>
  );
}
