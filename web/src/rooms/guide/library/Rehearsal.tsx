import { Button } from "antd";
import { useState } from "react";
import { useKeys, type KeyMap } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import type { Body } from "./edit";
import css from "./library.module.css";

/** The guide as an agent or a merchant walks it, nothing kept. Digits answer, Backspace goes back. */
export function Rehearsal({ body, audience }: { body: Body; audience: "agent" | "merchant" }) {
  const { t, pick } = useWords();
  const [way, setWay] = useState<{ step: string; to: string }[]>([]);
  const at = way.at(-1)?.to ?? body.start;
  const step = body.steps.find((s) => s.id === at);
  const ending = body.endings.find((e) => e.id === at);
  const keys: KeyMap = { Backspace: () => setWay(way.slice(0, -1)) };
  step?.answers.forEach((a, i) => (keys[`${i + 1}`] = () => go(a.step ?? a.ending)));
  useKeys(keys);
  function go(to: string | null | undefined) {
    if (step) setWay([...way, { step: step.id, to: to ?? "" }]);
  }
  return (
    <div className={css.rehearsal} data-audience={audience}>
      <p className="meta">{t("library.rehearsal", { position: way.length + 1 })}</p>
      {step ? (
        <>
          <h2>{pick(audience === "agent" ? step.agent.question : step.merchant.question)}</h2>
          {audience === "agent" && step.agent.why && <p className="meta">{pick(step.agent.why)}</p>}
          <p>{pick(audience === "agent" ? step.agent.hint : step.merchant.hint)}</p>
          <div className={css.choices}>
            {step.answers.map((a, i) => (
              <Button key={a.id} size="large" onClick={() => go(a.step ?? a.ending)}>
                {i + 1} {pick(audience === "merchant" ? (a.merchant ?? a.agent) : a.agent)}
              </Button>
            ))}
          </div>
        </>
      ) : ending ? (
        <>
          <h2>{t(`guide.outcome.${ending.outcome}`)}</h2>
          <p>{pick(audience === "agent" ? ending.agent : ending.merchant)}</p>
          {audience === "agent" && <p className="meta">{t("guide.fault", { code: ending.fault_code })}</p>}
        </>
      ) : (
        <p className={css.amber}>{t("library.dead_end")}</p>
      )}
      {way.length > 0 && (
        <Button type="text" onClick={() => setWay(way.slice(0, -1))}>
          {t("library.back")}
        </Button>
      )}
    </div>
  );
}
