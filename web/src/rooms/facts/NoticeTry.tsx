import { Button, Input } from "antd";
import { useState } from "react";
import type { Both, Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import type { Values } from "./data";
import css from "./facts.module.css";

/** Which holes a notice has, and how a merchant would read what is typed, filled with a real ticket. Nothing is sent. */
export function NoticeTry({ kind, typed }: { kind: string; typed: Values | undefined }) {
  const { t } = useWords();
  const holes = $api.useQuery("get", "/api/v1/facts/notice-holes", {}, { staleTime: Infinity });
  const known = holes.data?.items.find((n) => n.kind === kind);
  const [number, setNumber] = useState("");
  const tried = $api.useMutation("post", "/api/v1/facts/notice-preview");
  const look = () => tried.mutate({ body: { kind: kind as Schema<"NoticeKind">, subject: typed?.subject as Both, body: typed?.body as Both, number: number.trim() || null } });
  return (
    <section className={css.try}>
      {known && (
        <p className="meta">
          {t("facts.holes")}{" "}
          {known.holes.map((hole) => (
            <code key={hole} title={t(`facts.hole.${hole}` as "facts.hole.number")}>{`{${hole}}`}</code>
          ))}
        </p>
      )}
      <div className={css.tryAsk}>
        <Input value={number} onChange={(event) => setNumber(event.target.value)} placeholder={t("facts.try_number")} aria-label={t("facts.try_number")} maxLength={12} />
        <Button onClick={look} loading={tried.isPending} disabled={!typed?.subject || !typed.body} data-testid="notice-try">
          {t("facts.try")}
        </Button>
      </div>
      {tried.error && <ProblemLine problem={tried.error} />}
      {tried.data && (
        <div className={css.letter}>
          <p className="meta">{tried.data.number ? t("facts.tried", { number: tried.data.number }) : t("facts.tried_sample")}</p>
          {(["zh", "en"] as const).map((lang) => (
            <div key={lang} lang={lang}>
              <strong>{tried.data.subject[lang]}</strong>
              <p>{tried.data.body[lang]}</p>
            </div>
          ))}
        </div>
      )}
    </section>
  );
}
