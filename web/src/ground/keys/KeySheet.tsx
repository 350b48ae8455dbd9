import { Link, useRouterState } from "@tanstack/react-router";
import { Switch } from "antd";
import { useState } from "react";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { Dialog } from "@ground/parts/Dialog";
import { Kbd } from "@ground/parts/Kbd";
import { useSession } from "@ground/session/Session";
import { railFor } from "@ground/shell/rail";
import css from "./keys.module.css";
import { pressedFor, useMoves } from "./remap";
import { useKeys, useSingleKeys } from "./useKeys";

type Row = readonly [keys: string, word: Key];
/** A group of keys, and the addresses on which they do something. */
type Group = { title: Key; rows: readonly Row[]; on: RegExp };

const groups: readonly Group[] = [
  {
    title: "keys.list",
    on: /^\/(tickets|merchants|terminals|letters|people|dispatch|imports)$/,
    rows: [
      ["J K", "keys.move"],
      ["Enter", "keys.open"],
      ["Space", "keys.peek"],
      ["/", "keys.search"],
    ],
  },
  {
    title: "ticket.title",
    on: /^\/tickets$/,
    rows: [
      ["C", "queue.new"],
      ["F", "keys.filter"],
      ["X", "keys.pick"],
      ["Shift X", "keys.pick_range"],
      ["E", "do.claim"],
      ["A", "do.assign"],
      ["S", "queue.bulk_state"],
      ["P", "do.priority"],
      ["M", "keys.move_to"],
    ],
  },
  {
    title: "keys.ticket",
    on: /^\/tickets\/tkt_/,
    rows: [
      ["R", "do.reply"],
      ["N", "do.note"],
      ["E", "do.claim"],
      ["A", "do.assign"],
      ["S", "do.solve"],
      ["P", "do.priority"],
      ["[ ]", "keys.neighbours"],
      [".", "keys.copy"],
      ["Alt 1–7", "keys.tab"],
    ],
  },
  {
    title: "keys.guide",
    on: /^\/tickets\/tkt_/,
    rows: [
      ["1–9", "keys.answer"],
      ["Backspace", "guide.back"],
    ],
  },
  {
    title: "keys.dispatch",
    on: /^\/dispatch$/,
    rows: [
      ["M", "keys.offer"],
      ["← →", "keys.quarter"],
      ["U", "dispatch.withdraw"],
      ["L", "dispatch.pin"],
      ["W", "dispatch.why"],
      ["Shift ← →", "keys.day"],
      ["T", "keys.today"],
    ],
  },
  {
    title: "risk.title",
    on: /^\/risks$/,
    rows: [
      ["1–9", "keys.tile"],
      ["E", "keys.acknowledge"],
    ],
  },
];
const everywhere: readonly Row[] = [
  ["Ctrl K", "keys.palette"],
  ["?", "keys.sheet"],
  ["Ctrl Enter", "keys.send"],
  ["Esc", "keys.close"],
];

/** `?`: what can be done on this page without the mouse. */
export function KeySheet() {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const [on, setOn] = useSingleKeys();
  const moved = useMoves();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useKeys({ "?": () => setOpen(true) });
  const session = useSession();
  const rooms = railFor(session).flatMap((item): Row[] => (item.key ? [[`G ${item.key.toUpperCase()}`, item.name]] : []));
  const shown = [...groups.filter((group) => group.on.test(path)), { title: "keys.go" as const, rows: rooms }, { title: "keys.everywhere" as const, rows: everywhere }];
  const printed = (keys: string) =>
    keys.startsWith("G ")
      ? keys
      : keys
          .split(" ")
          .map((key) => pressedFor(key.toLowerCase(), moved))
          .map((key, i) => ([...key].length === 1 ? key.toUpperCase() : (keys.split(" ")[i] ?? key)))
          .join(" ");
  return (
    <Dialog open={open} onCancel={() => setOpen(false)} footer={null} title={t("keys.title")} width={720}>
      <div className={css.groups}>
        {shown.map(({ title, rows }) => (
          <section key={title}>
            <h3>{t(title)}</h3>
            <dl className={css.rows}>
              {rows.map(([keys, word]) => (
                <div key={keys}>
                  <dt>
                    <Kbd>{printed(keys)}</Kbd>
                  </dt>
                  <dd>{t(word)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className={css.off}>
        <label>
          <Switch checked={on} onChange={setOn} /> {t("keys.single")}
        </label>
        <Link to="/account" hash="keys" onClick={() => setOpen(false)}>
          {t("keys.settings")}
        </Link>
      </div>
    </Dialog>
  );
}
