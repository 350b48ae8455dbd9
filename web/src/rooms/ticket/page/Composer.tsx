import { CommentOutlined, DownOutlined, LockOutlined, PaperClipOutlined, SnippetsOutlined } from "@ant-design/icons";
import { Button, Dropdown, Input, Segmented, Space } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { useEffect, useImperativeHandle, useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent, type Ref } from "react";
import type { TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { isString, kept } from "@ground/kept";
import { isSend } from "@ground/keys/send";
import { Kbd } from "@ground/parts/Kbd";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { useNarrow } from "@ground/shell/useNarrow";
import { useOnline } from "@ground/shell/OfflineBar";
import { useAfterCommand } from "../data";
import { typed } from "./useCompany";
import css from "./composer.module.css";
import { GoingList } from "./FileList";
import { StaleNotice } from "./StaleNotice";
import { asked, put, type Asked } from "./suggest";
import { Suggest, type SuggestHandle } from "./Suggest";
import { MOST, useFiles } from "@ground/api/useFiles";

export type Mode = "reply" | "note";
export type ComposerHandle = { write: (mode: Mode) => void };

const draftOf = (id: string, mode: Mode) => kept(`draft.${id}.${mode}`, "", isString);
const LIMIT = 4000;

/** Where words are written: to the merchant, or to ourselves. What is half written is kept until it was sent. */
export function Composer({ page, ref }: { page: TicketPage; ref?: Ref<ComposerHandle> }) {
  const { t } = useWords();
  const online = useOnline();
  const { may } = useSession();
  const narrow = useNarrow();
  const { ticket, allowed } = page;
  const modes = (["reply", "note"] as const).filter((mode) => allowed.includes(mode));
  const [chosen, setMode] = useState<Mode>("reply");
  const mode = modes.includes(chosen) ? chosen : modes[0];
  const [texts, setTexts] = useState<Record<Mode, string>>(() => ({ reply: draftOf(ticket.id, "reply").read(), note: draftOf(ticket.id, "note").read() }));
  const [seen, setSeen] = useState(page);
  // Files go with whatever is sent next, to the merchant or to ourselves.
  const files = useFiles(ticket.id);
  const [over, setOver] = useState(false);
  const [wish, setWish] = useState<Asked | null>(null);
  const keys = useRef<SuggestHandle | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const area = useRef<TextAreaRef>(null);

  useImperativeHandle(ref, () => ({
    write: (next) => {
      setMode(next);
      requestAnimationFrame(() => area.current?.focus());
    },
  }));

  const type = (which: Mode, text: string) => {
    typed();
    if (texts[which] === "" && text !== "") setSeen(page);
    setTexts((before) => ({ ...before, [which]: text }));
    draftOf(ticket.id, which).write(text);
  };
  const sent = (which: Mode) => {
    setTexts((before) => ({ ...before, [which]: "" }));
    draftOf(ticket.id, which).forget();
    files.clear();
  };
  const fill = $api.useMutation("post", "/api/v1/tickets/{id}/fill");
  const reply = $api.useMutation("post", "/api/v1/tickets/{id}/reply", useAfterCommand(() => sent("reply")));
  const note = $api.useMutation("post", "/api/v1/tickets/{id}/notes", useAfterCommand(() => sent("note")));
  const { reset: forgetReply } = reply;
  const { reset: forgetNote } = note;
  useEffect(() => {
    forgetReply();
    forgetNote();
  }, [mode, forgetReply, forgetNote]);

  if (!mode) return <p className={css.closed}>{t("composer.nothing")}</p>;
  const words = texts[mode].trim();
  const write = mode === "reply" ? reply : note;
  const ready = words.length > 0 && words.length <= LIMIT && !write.isPending && !files.going && online;
  const send = (wait: boolean) => {
    if (!ready) return;
    const params = { path: { id: ticket.id } };
    if (mode === "reply") reply.mutate({ params, body: { body: words, wait, version: ticket.version, files: files.ids } });
    else note.mutate({ params, body: { body: words, files: files.ids } });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (wish && event.key === "Escape") return setWish(null);
    if (wish && !event.ctrlKey && !event.metaKey && keys.current?.key(event.key)) return event.preventDefault();
    if (event.key === "Escape") area.current?.blur();
    if (!isSend(event)) return;
    event.preventDefault();
    send(false);
  };
  const look = () => {
    const box = area.current?.resizableTextArea?.textArea;
    if (box) setWish(asked(box.value, box.selectionStart, mode === "note"));
  };
  /** Puts words where they were asked for; of canned ones the holes are filled first, and what stays open is said. */
  const insert = async (words: string, canned: boolean) => {
    const box = area.current?.resizableTextArea?.textArea;
    if (!box || !wish) return;
    setWish(null);
    const filled = canned && words.includes("{") ? await fill.mutateAsync({ params: { path: { id: ticket.id } }, body: { body: words } }).then((answer) => answer.text, () => words) : words;
    const next = put(box.value, wish, box.selectionStart, filled);
    type(mode, next.text);
    requestAnimationFrame(() => {
      box.focus();
      box.setSelectionRange(next.caret, next.caret);
    });
  };
  const openCanned = () => {
    const box = area.current?.resizableTextArea?.textArea;
    if (!box) return;
    const at = box.selectionStart;
    const before = at > 0 && !/\s$/.test(box.value.slice(0, at)) ? " //" : "//";
    type(mode, box.value.slice(0, at) + before + box.value.slice(at));
    requestAnimationFrame(() => {
      box.focus();
      box.setSelectionRange(at + before.length, at + before.length);
      look();
    });
  };
  const onPaste = (event: ClipboardEvent) => {
    const pasted = [...event.clipboardData.files];
    if (pasted.length === 0) return;
    event.preventDefault();
    files.add(pasted);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    files.add([...event.dataTransfer.files]);
  };
  const dragging = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(event.type !== "dragleave");
  };
  const waits = mode === "reply" && allowed.includes("pause") && !ticket.waiting.includes("waiting_merchant");
  return (
    <section
      className={mode === "note" ? `${css.composer} ${css.inside}` : css.composer}
      aria-label={t("composer.title")}
      data-over={over || undefined}
      onDragEnter={dragging}
      onDragOver={dragging}
      onDragLeave={dragging}
      onDrop={onDrop}
    >
      <div className={css.top}>
        <Segmented<Mode>
          value={mode}
          onChange={setMode}
          options={modes.map((m) => ({ value: m, icon: m === "reply" ? <CommentOutlined /> : <LockOutlined />, label: t(`composer.${m}`) }))}
        />
        <span className="meta">{mode === "note" ? t("composer.note_who") : <ReplyWay page={page} />}</span>
      </div>
      <Input.TextArea
        ref={area}
        value={texts[mode]}
        onChange={(event) => {
          type(mode, event.target.value);
          look();
        }}
        onClick={look}
        onBlur={() => setWish(null)}
        onPaste={onPaste}
        onKeyDown={onKey}
        autoSize={{ minRows: narrow ? 1 : 3, maxRows: 10 }}
        placeholder={t(`composer.${mode}_hint`)}
        aria-label={t(`composer.${mode}`)}
        data-testid={`composer-${mode}`}
      />
      {wish && <Suggest asked={wish} onChoose={(words, canned) => void insert(words, canned)} handle={(next) => (keys.current = next)} />}
      <GoingList files={files.files} onRemove={files.remove} />
      {write.error && (write.error.code === "stale" ? <StaleNotice seen={seen} now={page} /> : <ProblemLine problem={write.error} onRetry={() => send(false)} />)}
      <div className={css.foot}>
        <span className={css.tools}>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            data-testid="composer-files"
            onChange={(event) => {
              files.add([...(event.target.files ?? [])]);
              event.target.value = "";
            }}
          />
          <Button type="text" icon={<PaperClipOutlined />} disabled={!online || files.files.length >= MOST} onClick={() => picker.current?.click()} title={t("file.add_how")} data-testid="composer-attach">
            {narrow ? null : t("file.add")}
          </Button>
          {may("canned.use") && (
            <Button type="text" icon={<SnippetsOutlined />} onMouseDown={(event) => event.preventDefault()} onClick={openCanned} title={t("composer.canned_how")} data-testid="composer-canned">
              {narrow ? null : t("composer.canned")}
            </Button>
          )}
        </span>
        <span className="meta num">{words.length > LIMIT - 500 ? t("composer.length", { count: words.length, limit: LIMIT }) : texts[mode] ? t("composer.kept") : ""}</span>
        <Space.Compact>
          <Button type={words ? "primary" : "default"} disabled={!ready} loading={write.isPending} onClick={() => send(false)} data-testid="composer-send" title={online ? undefined : t("composer.offline")}>
            {t(`composer.send_${mode}`)} {!narrow && <Kbd>Ctrl ⏎</Kbd>}
          </Button>
          {waits && (
            <Dropdown trigger={["click"]} disabled={!ready} menu={{ items: [{ key: "wait", label: t("composer.send_wait"), onClick: () => send(true) }] }}>
              <Button type={words ? "primary" : "default"} icon={<DownOutlined />} aria-label={t("composer.more_ways")} disabled={!ready} data-testid="composer-send-more" />
            </Dropdown>
          )}
        </Space.Compact>
      </div>
    </section>
  );
}

/** By which way the words reach the merchant, and whether this is a good moment. */
function ReplyWay({ page: { contact, merchant } }: { page: TicketPage }) {
  const { t, f } = useWords();
  const way = contact.by_mail ? t("composer.by_mail", { mail: contact.email_masked ?? "" }) : t("composer.by_page");
  const store = merchant?.store;
  if (!store || store.open_now) return <>{way}</>;
  return (
    <>
      {way} {store.opens_at ? t("composer.shop_closed", { at: f.moment(store.opens_at) }) : t("composer.shop_shut")}
    </>
  );
}
