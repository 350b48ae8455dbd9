import { Modal, Switch } from "antd";
import { useState } from "react";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { Kbd } from "@ground/parts/Kbd";
import css from "./keys.module.css";
import { singleKeys, useKeys } from "./useKeys";
import { railFor } from "@ground/shell/rail";
import { useSession } from "@ground/session/Session";

type Row = readonly [keys: string, word: Key];

const everywhere: Row[] = [
  ["Ctrl K", "keys.palette"],
  ["?", "keys.sheet"],
  ["/", "keys.search"],
  ["C", "queue.new"],
  ["Esc", "keys.close"],
];
const list: Row[] = [
  ["J K", "keys.move"],
  ["Enter", "keys.open"],
  ["Space", "keys.peek"],
  ["X", "keys.pick"],
  ["Shift X", "keys.pick_range"],
];
const ticket: Row[] = [
  ["R", "do.reply"],
  ["N", "do.note"],
  ["Ctrl Enter", "keys.send"],
  ["A", "do.assign"],
  ["S", "do.solve"],
  ["P", "do.priority"],
  ["[ ]", "keys.neighbours"],
  [".", "keys.copy"],
  ["Alt 1–6", "keys.tab"],
];
const dispatch: Row[] = [
  ["M", "keys.offer"],
  ["← →", "keys.quarter"],
  ["U", "dispatch.withdraw"],
  ["L", "dispatch.pin"],
  ["Shift ← →", "keys.day"],
];
const guide: Row[] = [
  ["1–9", "keys.answer"],
  ["Backspace", "guide.back"],
];

/** `?`: what can be done without the mouse. */
export function KeySheet() {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const [on, setOn] = useState(singleKeys.read);
  useKeys({ "?": () => setOpen(true) });
  const session = useSession();
  const rooms = railFor(session).flatMap((item): Row[] => (item.key ? [[`G ${item.key.toUpperCase()}`, item.name]] : []));
  const groups: [Key, readonly Row[]][] = [
    ["keys.everywhere", everywhere],
    ["keys.go", rooms],
    ["keys.list", list],
    ["keys.ticket", ticket],
    ["keys.dispatch", dispatch],
    ["keys.guide", guide],
  ];
  return (
    <Modal open={open} onCancel={() => setOpen(false)} footer={null} title={t("keys.title")} width={720}>
      <div className={css.groups}>
        {groups.map(([title, rows]) => (
          <section key={title}>
            <h3>{t(title)}</h3>
            <dl className={css.rows}>
              {rows.map(([keys, word]) => (
                <div key={keys}>
                  <dt>
                    <Kbd>{keys}</Kbd>
                  </dt>
                  <dd>{t(word)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className={css.off}>
        <Switch
          checked={on}
          onChange={(next) => {
            singleKeys.write(next);
            setOn(next);
          }}
        />
        {t("keys.single")}
      </label>
    </Modal>
  );
}
