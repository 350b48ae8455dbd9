import { WarningFilled } from "@ant-design/icons";
import { Button } from "antd";
import type { KeyboardEvent } from "react";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { depths, fresh, indented, moved, newEnding, newStep, outdented, type Body } from "./edit";
import css from "./library.module.css";

type Props = { body: Body; current: string; uses: readonly Schema<"StepUse">[]; findings: readonly Schema<"GuideFinding">[]; onBody: (body: Body) => void; onGo: (node?: string) => void };

/**
 * Steps with their answers, then endings. Arrows walk, `Tab` puts a step under the nearest answer that leads nowhere, `Shift Tab` takes
 * it out again, `Alt ↑↓` moves it.
 */
export function Outline({ body, current, uses, findings, onBody, onGo }: Props) {
  const { t, f, pick } = useWords();
  const depth = depths(body);
  const order = [...body.steps.map((s) => s.id), ...body.endings.map((e) => e.id)];
  const wrong = new Set(findings.map((finding) => finding.node));

  const press = (event: KeyboardEvent<HTMLElement>, id: string) => {
    const at = order.indexOf(id);
    const walk = (by: number) => {
      const next = order[at + by];
      if (next === undefined) return;
      onGo(next);
      document.querySelector<HTMLElement>(`[data-node="${CSS.escape(next)}"]`)?.focus();
    };
    const step = body.steps.some((s) => s.id === id);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const by = event.key === "ArrowDown" ? 1 : -1;
      if (event.altKey) onBody(moved(body, id, by));
      else walk(by);
    } else if (event.key === "Tab" && step && (event.shiftKey ? outdented(body, id) : indented(body, id)) !== body && !event.ctrlKey) {
      const next = event.shiftKey ? outdented(body, id) : indented(body, id);
      // Where nothing changes, Tab goes on to the next field as everywhere.
      if (JSON.stringify(next) === JSON.stringify(body)) return;
      onBody(next);
    } else return;
    event.preventDefault();
  };
  /** Where an answer leads, in the words people see there. */
  const target = ({ step, ending }: { step?: string | null; ending?: string | null }) => {
    const next = body.steps.find((s) => s.id === step);
    const end = body.endings.find((e) => e.id === ending);
    return next ? pick(next.agent.question) || next.id : end ? `${t(`guide.outcome.${end.outcome}`)} · ${pick(end.agent) || end.id}` : t("library.nowhere");
  };
  const mark = (id: string) => wrong.has(id) && <WarningFilled className={css.amber} aria-label={t("library.has_finding")} />;
  const node = (id: string) => ({ type: "button" as const, className: css.node, "data-node": id, "aria-current": id === current, onClick: () => onGo(id), onKeyDown: (event: KeyboardEvent<HTMLElement>) => press(event, id) });

  return (
    <nav className={css.outline} aria-label={t("library.outline")}>
      <h2>{t("library.steps", { count: body.steps.length })}</h2>
      <ul>
        {body.steps.map((step) => {
          const used = uses.find((u) => u.step === step.id);
          return (
            <li key={step.id} style={{ paddingLeft: Math.min(depth.get(step.id) ?? 0, 6) * 12 }} data-lost={!depth.has(step.id) || undefined}>
              <button {...node(step.id)}>
                {mark(step.id)} {pick(step.agent.question) || step.id}
                {used && used.reached > 0 && <span className="meta"> {t("library.used", { reached: used.reached, rate: f.percent((100 * used.solved) / used.reached), left: used.left })}</span>}
              </button>
              <ul className={css.answers}>
                {step.answers.map((answer) => (
                  <li key={answer.id} data-dead={(!answer.step && !answer.ending) || undefined} title={target(answer)}>
                    <span>{pick(answer.agent) || answer.id}</span> → {target(answer)}
                  </li>
                ))}
                {(step.known ?? []).map((known, i) => (
                  // Facts have no names of their own; their place is what they are known by.
                  <li key={i} className="meta">
                    {t("library.known", { fact: t(`library.fact_name.${known.fact}` as Key), answer: pick(step.answers.find((a) => a.id === known.answer)?.agent) || known.answer })}
                  </li>
                ))}
              </ul>
            </li>
          );
        })}
      </ul>
      <Button type="text" onClick={() => ((id) => (onBody({ ...body, steps: [...body.steps, newStep(id)] }), onGo(id)))(fresh(body, "step"))}>
        {t("library.add_step")}
      </Button>
      <h2>{t("library.endings", { count: body.endings.length })}</h2>
      <ul>
        {body.endings.map((ending) => (
          <li key={ending.id} data-lost={!depth.has(ending.id) || undefined}>
            <button {...node(ending.id)}>
              {mark(ending.id)} {t(`guide.outcome.${ending.outcome}`)} · {pick(ending.agent) || ending.id}
            </button>
          </li>
        ))}
      </ul>
      <Button type="text" onClick={() => ((id) => (onBody({ ...body, endings: [...body.endings, newEnding(id)] }), onGo(id)))(fresh(body, "end"))}>
        {t("library.add_ending")}
      </Button>
      <p className="meta">{t("library.keys")}</p>
    </nav>
  );
}
