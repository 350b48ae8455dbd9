import { DeleteOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import type { Both } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { useFaults } from "@rooms/ticket/command/fields";
import { newAnswer, putEnding, putStep, without, type Answer, type Body, type Ending, type Step } from "./edit";
import css from "./library.module.css";

type Props = { body: Body; id: string; facts: readonly string[]; onBody: (body: Body) => void; onGo: (node?: string) => void };

/** One step or ending, whole. */
export function NodeForm({ body, id, facts, onBody, onGo }: Props) {
  const { t } = useWords();
  const step = body.steps.find((s) => s.id === id);
  const ending = body.endings.find((e) => e.id === id);
  const remove = () => (onBody(without(body, id)), onGo());
  return (
    <div className={css.form}>
      {step ? <StepForm body={body} step={step} facts={facts} put={(next) => onBody(putStep(body, id, next))} /> : ending ? <EndingForm ending={ending} put={(next) => onBody(putEnding(body, id, next))} /> : <p className="meta">{t("library.choose")}</p>}
      {(step ?? ending) && (
        <div className={css.apart}>
          {step && step.id !== body.start && <Button onClick={() => onBody({ ...body, start: step.id })}>{t("library.make_start")}</Button>}
          <Button danger type="text" disabled={step?.id === body.start} onClick={remove}>
            {t("library.remove")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A text in both languages. One that may be missing is null when both are empty. */
function Words({ label, value, onChange }: { label: Key; value: Both | null | undefined; onChange: (next: Both) => void }) {
  const { t } = useWords();
  return (
    <div className={css.both}>
      {(["zh", "en"] as const).map((lang) => (
        <label key={lang} className={css.field}>
          <span>{`${t(label)} · ${t(`lang.${lang}`)}`}</span>
          <Input.TextArea value={value?.[lang] ?? ""} lang={lang} autoSize={{ minRows: 1, maxRows: 6 }} maxLength={500} onChange={(event) => onChange({ zh: value?.zh ?? "", en: value?.en ?? "", [lang]: event.target.value })} />
        </label>
      ))}
    </div>
  );
}

const orNone = (text: Both) => (text.zh || text.en ? text : null);

function StepForm({ body, step, facts, put }: { body: Body; step: Step; facts: readonly string[]; put: (next: Step) => void }) {
  const { t, pick } = useWords();
  const answer = (i: number, next: Answer) => put({ ...step, answers: step.answers.map((a, k) => (k === i ? next : a)) });
  const known = step.known ?? [];
  const targets = [
    { label: t("library.to_step"), options: body.steps.filter((s) => s.id !== step.id).map((s) => ({ value: `step:${s.id}`, label: pick(s.agent.question) || s.id })) },
    { label: t("library.to_ending"), options: body.endings.map((e) => ({ value: `ending:${e.id}`, label: `${t(`guide.outcome.${e.outcome}`)} · ${pick(e.agent) || e.id}` })) },
  ];
  return (
    <>
      <h2>{t("library.step")}</h2>
      <Words label="library.question_agent" value={step.agent.question} onChange={(question) => put({ ...step, agent: { ...step.agent, question } })} />
      <Words label="library.why" value={step.agent.why} onChange={(why) => put({ ...step, agent: { ...step.agent, why: orNone(why) } })} />
      <Words label="library.hint_agent" value={step.agent.hint} onChange={(hint) => put({ ...step, agent: { ...step.agent, hint: orNone(hint) } })} />
      <Words label="library.question_merchant" value={step.merchant.question} onChange={(question) => put({ ...step, merchant: { ...step.merchant, question } })} />
      <Words label="library.hint_merchant" value={step.merchant.hint} onChange={(hint) => put({ ...step, merchant: { ...step.merchant, hint: orNone(hint) } })} />
      <h3>{t("library.answers")}</h3>
      {step.answers.map((a, i) => (
        // Answers are typed while their ids change; their place is what stays.
        <fieldset key={i} className={css.answer}>
          <Words label="library.answer" value={a.agent} onChange={(agent) => answer(i, { ...a, agent })} />
          <Words label="library.answer_merchant" value={a.merchant} onChange={(merchant) => answer(i, { ...a, merchant: orNone(merchant) })} />
          <div className={css.lead}>
            <Select
              allowClear
              value={a.step ? `step:${a.step}` : a.ending ? `ending:${a.ending}` : null}
              placeholder={t("library.nowhere")}
              aria-label={t("library.leads")}
              options={targets}
              onChange={(to: string | undefined) => {
                const [what, id] = to?.split(/:(.*)/) ?? [];
                answer(i, { ...a, step: what === "step" ? (id ?? null) : null, ending: what === "ending" ? (id ?? null) : null });
              }}
            />
            <Button type="text" icon={<DeleteOutlined />} aria-label={t("facts.remove")} disabled={step.answers.length <= 2} onClick={() => put({ ...step, answers: step.answers.filter((_, k) => k !== i) })} />
          </div>
        </fieldset>
      ))}
      <Button type="dashed" onClick={() => put({ ...step, answers: [...step.answers, newAnswer(`answer_${step.answers.length + 1}`)] })}>
        {t("library.add_answer")}
      </Button>
      <h3>{t("library.facts")}</h3>
      {known.map((k, i) => (
        <fieldset key={i} className={css.answer}>
          <div className={css.three}>
            <Select value={k.fact || null} placeholder={t("library.fact")} aria-label={t("library.fact")} options={facts.map((value) => ({ value, label: t(`library.fact_name.${value}` as Key) }))} onChange={(fact: string) => put({ ...step, known: known.map((x, n) => (n === i ? { ...x, fact } : x)) })} />
            <Select mode="tags" open={false} suffixIcon={null} value={k.is} placeholder={t("library.fact_is")} aria-label={t("library.fact_is")} onChange={(is: string[]) => put({ ...step, known: known.map((x, n) => (n === i ? { ...x, is } : x)) })} />
            <Select value={k.answer || null} placeholder={t("library.fact_answer")} aria-label={t("library.fact_answer")} options={step.answers.map((a) => ({ value: a.id, label: pick(a.agent) || a.id }))} onChange={(chosen: string) => put({ ...step, known: known.map((x, n) => (n === i ? { ...x, answer: chosen } : x)) })} />
          </div>
          <Words label="library.fact_says" value={k.says} onChange={(says) => put({ ...step, known: known.map((x, n) => (n === i ? { ...x, says } : x)) })} />
          <Button type="text" icon={<DeleteOutlined />} aria-label={t("facts.remove")} onClick={() => put({ ...step, known: known.filter((_, n) => n !== i) })} />
        </fieldset>
      ))}
      <Button type="dashed" onClick={() => put({ ...step, known: [...known, { fact: "", is: [], answer: "", says: { zh: "", en: "" } }] })}>
        {t("library.add_fact")}
      </Button>
    </>
  );
}

function EndingForm({ ending, put }: { ending: Ending; put: (next: Ending) => void }) {
  const { t, pick } = useWords();
  const faults = useFaults();
  const skills = $api.useQuery("get", "/api/v1/facts/skills", {}, { staleTime: Infinity });
  const parts = $api.useQuery("get", "/api/v1/facts/parts", {}, { staleTime: Infinity });
  return (
    <>
      <h2>{t("library.ending")}</h2>
      <label className={css.field}>
        <span>{t("library.outcome")}</span>
        <Select value={ending.outcome} options={(["fixed", "advise", "visit", "escalate"] as const).map((value) => ({ value, label: t(`guide.outcome.${value}`) }))} onChange={(outcome) => put({ ...ending, outcome })} />
      </label>
      <label className={css.field}>
        <span>{t("command.fault")}</span>
        <Select value={ending.fault_code || null} showSearch={{ optionFilterProp: "label" }} options={(faults.data?.items ?? []).map((fault) => ({ value: fault.code, label: `${fault.code} ${pick(fault.symptom)}` }))} onChange={(fault_code: string) => put({ ...ending, fault_code })} />
      </label>
      <Words label="library.says_agent" value={ending.agent} onChange={(agent) => put({ ...ending, agent })} />
      <Words label="library.says_merchant" value={ending.merchant} onChange={(merchant) => put({ ...ending, merchant })} />
      <label className={css.field}>
        <span>{t("command.skills")}</span>
        <Select mode="multiple" value={ending.skills} options={(skills.data?.items ?? []).map((s) => ({ value: s.code, label: pick(s.name) }))} onChange={(next: string[]) => put({ ...ending, skills: next })} />
      </label>
      <label className={css.field}>
        <span>{t("command.parts")}</span>
        <Select mode="multiple" value={ending.parts} options={(parts.data?.items ?? []).map((p) => ({ value: p.code, label: pick(p.name) }))} onChange={(next: string[]) => put({ ...ending, parts: next })} />
      </label>
    </>
  );
}
