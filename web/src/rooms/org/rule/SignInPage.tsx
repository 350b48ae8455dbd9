import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine, ProblemPage } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { OrgNav } from "../OrgNav";
import css from "../org.module.css";
import { roles } from "../people/data";

/** What signing in asks for. */
export function SignInPage() {
  const rules = $api.useQuery("get", "/api/v1/sign-in-rules");
  if (rules.isPending) return <BlockLoading lines={8} />;
  if (rules.error) return <ProblemPage problem={rules.error} onRetry={() => void rules.refetch()} />;
  return (
    <div className={css.whole}>
      <OrgNav />
      <Factors key={rules.data.factor_roles.join()} rules={rules.data} />
    </div>
  );
}

/** Which roles need a second factor; beside each, how many of its people have one today. */
function Factors({ rules }: { rules: Schema<"SignInRules"> }) {
  const { t } = useWords();
  const { me } = useSession();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [chosen, setChosen] = useState<Schema<"Role">[]>(rules.factor_roles);
  const save = $api.useMutation("put", "/api/v1/sign-in-rules", {
    onSuccess: (now) => {
      cache.setQueryData($api.queryOptions("get", "/api/v1/sign-in-rules").queryKey, now);
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/sessions/current"] });
      void message.success(t("rule.saved"));
    },
  });
  const same = chosen.toSorted().join() === rules.factor_roles.toSorted().join();
  const spread = (role: Schema<"Role">) => rules.spread.find((one) => one.role === role);
  return (
    <section className={css.rules}>
      <h1>{t("rule.factor")}</h1>
      <p className="lead">{t("rule.factor_lead")}</p>
      <ul className={css.sessions}>
        {roles.map((role) => (
          <li key={role}>
            <Checkbox checked={chosen.includes(role)} onChange={(event) => setChosen((before) => (event.target.checked ? [...before, role] : before.filter((one) => one !== role)))} data-testid={`factor-${role}`}>
              {t(`role.${role}`)}
            </Checkbox>
            <span className="meta num">{t("rule.spread", { people: spread(role)?.people ?? 0, protected: spread(role)?.protected ?? 0 })}</span>
          </li>
        ))}
      </ul>
      {chosen.includes(me.role) && !me.second_factor && <p>{t("rule.yourself")}</p>}
      {save.error && <ProblemLine problem={save.error} />}
      <Button type="primary" disabled={same} loading={save.isPending} onClick={() => save.mutate({ body: { factor_roles: chosen } })} data-testid="rule-save">
        {t("rule.save")}
      </Button>
    </section>
  );
}
