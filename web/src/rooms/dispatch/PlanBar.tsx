import { App, Button } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useSentence } from "@ground/parts/ProblemView";
import { useWords } from "@ground/i18n/Words";
import { useLookAgain } from "./data";

type Props = { date: string; plans: readonly Schema<"PlanRow">[]; onCompare: (id: string) => void };

/** Asks for a plan of the day; while one is searched for, says how far it is. */
export function PlanBar({ date, plans, onCompare }: Props) {
  const { t } = useWords();
  const { message } = App.useApp();
  const sentence = useSentence();
  const look = useLookAgain();
  const running = plans.find((plan) => plan.state === "running");
  const make = $api.useMutation("post", "/api/v1/dispatch/plans", {
    onSuccess: (plan) => {
      look();
      onCompare(plan.id);
    },
    onError: (problem) => void message.warning(sentence(problem), 8),
  });
  if (running) {
    return <Button onClick={() => onCompare(running.id)}>{t("dispatch.searching", { percent: Math.floor(running.progress / 10) })}</Button>;
  }
  return (
    <Button type="primary" loading={make.isPending} onClick={() => make.mutate({ body: { date, engineers: [] } })} data-testid="plan-make">
      {t("dispatch.plan")}
    </Button>
  );
}
