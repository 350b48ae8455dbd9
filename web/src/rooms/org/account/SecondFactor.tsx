import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "../org.module.css";

/** A code of an app besides the password: begun with the password, in force once the app has given its first code. */
export function SecondFactor() {
  const { t } = useWords();
  const { me } = useSession();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [current, setCurrent] = useState("");
  const [code, setCode] = useState("");
  const who = () => void cache.invalidateQueries({ queryKey: $api.queryOptions("get", "/api/v1/sessions/current", {}).queryKey });
  const begin = $api.useMutation("post", "/api/v1/me/second-factor", { retry: 0, gcTime: 0, onSuccess: () => setCurrent("") });
  const confirm = $api.useMutation("post", "/api/v1/me/second-factor/confirm", { retry: 0, gcTime: 0, onSuccess: who });
  const remove = $api.useMutation("post", "/api/v1/me/second-factor/remove", {
    retry: 0,
    onSuccess: () => {
      setCurrent("");
      who();
      void message.success(t("factor.removed"));
    },
  });
  const codes = confirm.data?.recovery_codes;
  const password = (
    <div className={css.form}>
      <label htmlFor="factor-password">{t("factor.password")}</label>
      <Input.Password id="factor-password" autoComplete="current-password" value={current} onChange={(event) => setCurrent(event.target.value)} />
    </div>
  );
  return (
    <section className={css.part}>
      <h2>{t("factor.title")}</h2>
      {codes ? (
        <div role="status">
          <p>{t("factor.codes")}</p>
          <ul className={css.codes}>
            {codes.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
          <CopyNumber value={codes.join("\n")} shown={t("factor.copy")} />
        </div>
      ) : me.second_factor ? (
        <>
          <p className="lead">{t("factor.on")}</p>
          {password}
          {remove.error && <ProblemLine problem={remove.error} />}
          <Button disabled={!current} loading={remove.isPending} onClick={() => remove.mutate({ body: { current } })}>
            {t("factor.remove")}
          </Button>
        </>
      ) : begin.data ? (
        <>
          <p className="lead">{t("factor.scan")}</p>
          <img className={css.qr} src={`data:image/svg+xml;utf8,${encodeURIComponent(begin.data.qr_svg)}`} alt={t("factor.qr")} />
          <p>
            {t("factor.secret")} <CopyNumber value={begin.data.secret} mono />
          </p>
          <div className={css.form}>
            <label htmlFor="factor-code">{t("factor.code")}</label>
            <Input id="factor-code" inputMode="numeric" autoComplete="one-time-code" maxLength={6} value={code} onChange={(event) => setCode(event.target.value.replace(/\D/g, ""))} />
          </div>
          {confirm.error && <ProblemLine problem={confirm.error} />}
          <Button type="primary" disabled={code.length !== 6} loading={confirm.isPending} onClick={() => confirm.mutate({ body: { code } })}>
            {t("factor.confirm")}
          </Button>
        </>
      ) : (
        <>
          <p className="lead">{t("factor.off")}</p>
          {password}
          {begin.error && <ProblemLine problem={begin.error} />}
          <Button disabled={!current} loading={begin.isPending} onClick={() => begin.mutate({ body: { current } })}>
            {t("factor.begin")}
          </Button>
        </>
      )}
    </section>
  );
}
