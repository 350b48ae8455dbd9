import { SearchOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useMemo, useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";
import { Sheet } from "./Sheet";
import type { Page } from "./stage";
import { useCommand } from "./useVisit";

type Fault = Schema<"Fault">;

/** The fault as found. The desk's guess is offered first; it is one tap to say that it was right. */
export function DiagnosisStage({ page }: { page: Page }) {
  const { t, pick } = useWords();
  const { order } = page;
  const guess = order.fault_code ?? "";
  const [choosing, setChoosing] = useState(false);
  const diagnose = useCommand(order.id, "diagnose", () => setChoosing(false));
  return (
    <>
      {order.diagnosis_code ? (
        <p className={css.plain}>
          {pick(order.diagnosis_name) || order.diagnosis_code} <span className="meta">{order.diagnosis_code}</span>
        </p>
      ) : order.fault_code == null ? null : (
        <>
          <p className={css.plain}>{t("field.diagnosis_guess", { fault: pick(order.fault_name) || order.fault_code })}</p>
          <Button className={css.big} block loading={diagnose.isPending && !choosing} onClick={() => diagnose.mutate({ fault_code: guess })}>
            {t("field.diagnosis_right")}
          </Button>
        </>
      )}
      {diagnose.error && !choosing && <ProblemLine problem={diagnose.error} />}
      <Button className={css.big} block onClick={() => setChoosing(true)}>
        {t(order.diagnosis_code ? "field.diagnosis_change" : "field.diagnosis_other")}
      </Button>
      <FaultSheet
        open={choosing}
        guess={order.diagnosis_code ?? guess}
        saving={diagnose.isPending}
        problem={choosing ? diagnose.error : null}
        onClose={() => setChoosing(false)}
        onChoose={(fault_code, note) => diagnose.mutate({ fault_code, note })}
      />
    </>
  );
}

type SheetProps = {
  open: boolean;
  guess: string;
  saving: boolean;
  problem: Schema<"Problem"> | null;
  onClose: () => void;
  onChoose: (code: string, note: string | null) => void;
};

function FaultSheet({ open, guess, saving, problem, onClose, onChoose }: SheetProps) {
  const { t, pick } = useWords();
  const faults = $api.useQuery("get", "/api/v1/facts/faults", {}, { staleTime: Infinity, enabled: open });
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<string>();
  const [note, setNote] = useState("");
  const found = useMemo(() => matching(faults.data?.items ?? [], typed, guess), [faults.data, typed, guess]);
  const fault = faults.data?.items.find((f) => f.code === chosen);
  return (
    <Sheet
      open={open}
      title={t("field.diagnosis_title")}
      onClose={onClose}
      foot={
        <Button type="primary" block className={css.main} disabled={!chosen} loading={saving} onClick={() => chosen && onChoose(chosen, note.trim() || null)}>
          {fault ? t("field.diagnosis_save", { fault: pick(fault.symptom) }) : t("field.diagnosis_choose")}
        </Button>
      }
    >
      <Input
        size="large"
        allowClear
        prefix={<SearchOutlined aria-hidden />}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        aria-label={t("field.diagnosis_search")}
        placeholder={t("field.diagnosis_search_hint")}
        className={css.field}
      />
      {faults.isPending && <BlockLoading />}
      {faults.error && <ProblemLine problem={faults.error} onRetry={() => void faults.refetch()} />}
      {faults.data && found.length === 0 && <p className={css.plain}>{t("field.diagnosis_no_match", { typed })}</p>}
      <div className={css.choices} role="listbox" aria-label={t("field.diagnosis_title")}>
        {found.map((f) => (
          <button key={f.code} type="button" role="option" className={css.choice} aria-selected={f.code === chosen} onClick={() => setChosen(f.code)}>
            <span>{pick(f.symptom)}</span>
            <span className="meta">
              {f.code} · {pick(f.cause)}
            </span>
          </button>
        ))}
      </div>
      {chosen && <Input.TextArea size="large" className={css.field} value={note} onChange={(event) => setNote(event.target.value)} aria-label={t("field.note")} placeholder={t("field.note_hint")} autoSize={{ minRows: 1 }} maxLength={2000} />}
      {problem && <ProblemLine problem={problem} />}
    </Sheet>
  );
}

/** Faults a typed word fits, in either language; without one those of the guessed kind, the guess first. */
function matching(all: readonly Fault[], typed: string, guess: string): Fault[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    const kind = guess.split("-")[0];
    const near = (f: Fault) => (f.code === guess ? 0 : f.code.startsWith(`${kind}-`) ? 1 : 2);
    return [...all].sort((a, b) => near(a) - near(b));
  }
  const text = (f: Fault) => [f.code, f.symptom.zh, f.symptom.en, f.cause.zh, f.cause.en].join(" ").toLowerCase();
  // Chinese is typed without spaces and in any order; for such words it is enough that every character occurs.
  const occurs = (where: string, word: string) => where.includes(word) || (!/[ -~]/.test(word) && [...word].every((c) => where.includes(c)));
  return all.filter((f) => words.every((word) => occurs(text(f), word)));
}
