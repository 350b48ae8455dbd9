import { SearchOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useCallback, useMemo, useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useKeys } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { Kbd } from "@ground/parts/Kbd";
import { useSession } from "@ground/session/Session";
import { railFor } from "@ground/shell/rail";
import { useNarrow } from "@ground/shell/useNarrow";
import { useShade } from "@ground/theme/Theme";
import css from "./host.module.css";
import { Palette, type Entry } from "./Palette";

/** The field in the top bar that opens the palette, and what it knows everywhere: rooms, tickets, language, colours. */
export function PaletteHost() {
  const { t, lang, switchTo } = useWords();
  const session = useSession();
  const { may, leave } = session;
  const { shade, choose } = useShade();
  const narrow = useNarrow();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [word, setWord] = useState("");
  const close = useCallback(() => {
    setOpen(false);
    setWord("");
  }, []);
  useKeys({ "mod+k": () => setOpen(true) }, { inFields: true });

  const searching = open && may("search.use") && (word.trim().length >= 2 || /\d/.test(word));
  const found = $api.useQuery("get", "/api/v1/search", { params: { query: { q: word.trim(), limit: 8 } } }, { enabled: searching });

  const entries = useMemo<Entry[]>(() => {
    const other = lang === "zh" ? "en" : "zh";
    const dark = shade === "dark";
    const go = railFor(session)
      .map((item): Entry => ({ id: item.to, group: t("palette.go"), label: t(item.name), ...(item.key && { hint: `G ${item.key.toUpperCase()}` }), run: () => void navigate({ to: item.to }) }));
    const doing: Entry[] = [
      ...(may("ticket.open") ? [{ id: "new", group: t("palette.do"), label: t("queue.new"), hint: "C", run: () => void navigate({ to: "/tickets/new" }) }] : []),
      ...(may("ticket.work") ? [{ id: "tasks", group: t("palette.go"), label: t("tasks.title"), run: () => void navigate({ to: "/tasks" }) }] : []),
      { id: "lang", group: t("palette.do"), label: t(`lang.${other}`), also: ["language"], run: () => void switchTo(other) },
      { id: "shade", group: t("palette.do"), label: t(dark ? "shell.light" : "shell.dark"), also: ["theme"], run: () => choose(dark ? "light" : "dark") },
      { id: "leave", group: t("palette.do"), label: t("shell.leave"), run: () => void leave() },
    ];
    const hits = searching ? found.data : undefined;
    const group = (name: "tickets" | "merchants" | "terminals", to: "/tickets/$id" | "/merchants/$id" | "/terminals/$id") =>
      (hits?.[name] ?? []).map(
        (hit): Entry => ({ id: hit.id, group: t(`palette.${name}`), ...labelOf(hit), found: true, run: () => void navigate({ to, params: { id: hit.id } }) }),
      );
    return [...go, ...doing, ...group("tickets", "/tickets/$id"), ...group("merchants", "/merchants/$id"), ...group("terminals", "/terminals/$id")];
  }, [lang, shade, session, may, t, navigate, switchTo, choose, leave, searching, found.data]);

  return (
    <>
      {narrow ? (
        <Button type="text" icon={<SearchOutlined />} onClick={() => setOpen(true)} aria-label={t("palette.title")} data-testid="palette-open" />
      ) : (
        <button type="button" className={css.field} onClick={() => setOpen(true)} data-testid="palette-open">
          <SearchOutlined aria-hidden /> <span>{t("palette.hint")}</span> <Kbd>Ctrl K</Kbd>
        </button>
      )}
      <Palette open={open} onClose={close} entries={entries} onType={setWord} {...(searching && found.data?.cut && { note: t("palette.cut") })} />
    </>
  );
}

/** Title and detail in one line, and what of it was looked for; the server counts characters. */
function labelOf(hit: Schema<"SearchHit">): Pick<Entry, "label" | "marks"> {
  const between = " · ";
  const shift = [...hit.title].length + between.length;
  const detail = hit.detail_marks.map(([from, to]): [number, number] => [(from ?? 0) + shift, (to ?? 0) + shift]);
  return { label: hit.detail ? hit.title + between + hit.detail : hit.title, marks: [...hit.title_marks.map(([from, to]): [number, number] => [from ?? 0, to ?? 0]), ...detail] };
}
