import { Input, Modal, Tag, type InputRef } from "antd";
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useWords } from "@ground/i18n/Words";
import { Kbd } from "@ground/parts/Kbd";
import { useOffered, type PaletteCommand } from "./commands";
import { fit, initials } from "./match";
import css from "./palette.module.css";

export type Entry = PaletteCommand & {
  group: string;
  /** Other words it is found by, such as its name in the other language. */
  also?: readonly string[];
  /** Comes from a look-up that already matched. */
  found?: boolean;
  /** Characters of the label that were looked for: from, and up to but without. */
  marks?: readonly [number, number][];
};

type Props = {
  open: boolean;
  onClose: () => void;
  /** What can be done and opened from anywhere. */
  entries: readonly Entry[];
  /** Told what is typed, to look things up. */
  onType: (typed: string) => void;
  /** What is to be known of what was found. */
  note?: string;
};

/** `Ctrl K`: do, go, find. A chip says what the first commands are about; Backspace takes it away. */
export function Palette({ open, onClose, ...rest }: Props) {
  const { t } = useWords();
  return (
    <Modal open={open} onCancel={onClose} footer={null} closable={false} width={640} style={{ top: 96 }} destroyOnHidden title={<span className="visually-hidden">{t("palette.title")}</span>} classNames={{ header: css.header!, container: css.container! }}>
      <Inside onClose={onClose} {...rest} />
    </Modal>
  );
}

function Inside({ onClose, entries, onType, note }: Omit<Props, "open">) {
  const { t } = useWords();
  const offered = useOffered();
  const [chip, setChip] = useState(true);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const done = useRef(false);
  const listId = useId();
  const input = useRef<InputRef>(null);
  const edges = t("palette.pinyin_edges");

  useEffect(() => input.current?.focus(), []);
  const shown = useMemo(() => {
    const own: Entry[] = offered && chip ? offered.commands.map((c) => ({ ...c, group: offered.group ?? t("palette.here") })) : [];
    const fits = (entry: Entry) => (entry.found ? 1 : fit(typed, [entry.label, ...(entry.also ?? []), initials(entry.label, edges)]));
    // Best first within a group; the groups keep their places.
    const groups = Map.groupBy([...own, ...entries].filter((entry) => fits(entry) > 0), (entry) => entry.group);
    return [...groups.values()].flatMap((group) => group.toSorted((a, b) => fits(b) - fits(a)));
  }, [offered, chip, entries, typed, edges, t]);
  const active = Math.min(at, shown.length - 1);

  const run = (entry: Entry | undefined) => {
    // Enter twice acts once.
    if (!entry || done.current) return;
    done.current = true;
    onClose();
    entry.run();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setAt(Math.min(active + 1, shown.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(active - 1, 0));
    else if (event.key === "Enter") run(shown[active]);
    else if (event.key === "Backspace" && typed === "") setChip(false);
    else return;
    if (event.key !== "Backspace") event.preventDefault();
  };
  const optionId = (i: number) => `${listId}-${i}`;
  return (
    <div className={css.palette}>
      <Input
        ref={input}
        size="large"
        variant="borderless"
        value={typed}
        prefix={offered && chip ? <Tag>{offered.about}</Tag> : undefined}
        placeholder={t("palette.hint")}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={active >= 0 ? optionId(active) : undefined}
        aria-label={t("palette.title")}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
          onType(event.target.value);
        }}
        onKeyDown={onKey}
        data-testid="palette"
      />
      <div className={css.options} role="listbox" id={listId} aria-label={t("palette.title")}>
        {shown.length === 0 && <p className={css.nothing}>{t("palette.nothing")}</p>}
        {shown.map((entry, i) => (
          <div key={`${entry.group}-${entry.id}`}>
            {entry.group !== shown[i - 1]?.group && <div className={css.group}>{entry.group}</div>}
            <div
              id={optionId(i)}
              role="option"
              tabIndex={-1}
              aria-selected={i === active}
              className={css.option}
              ref={i === active ? intoView : null}
              onMouseMove={() => setAt(i)}
              onClick={() => run(entry)}
            >
              <span>{entry.marks ? <Marked text={entry.label} marks={entry.marks} /> : entry.label}</span>
              {entry.hint && <Kbd>{entry.hint}</Kbd>}
            </div>
          </div>
        ))}
        {note && <p className={css.nothing}>{note}</p>}
      </div>
    </div>
  );
}

function Marked({ text, marks }: { text: string; marks: readonly [number, number][] }) {
  const letters = [...text];
  const ends = [0, ...marks.flat(), letters.length];
  // Every second piece lies inside a mark.
  return ends.slice(1).map((end, i) => {
    const piece = letters.slice(ends[i], end).join("");
    return i % 2 === 1 ? <mark key={i}>{piece}</mark> : piece;
  });
}

const intoView = (element: HTMLElement | null) => {
  element?.scrollIntoView({ block: "nearest" });
};
