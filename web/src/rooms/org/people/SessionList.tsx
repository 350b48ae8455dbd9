import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "../org.module.css";
import { Sessions } from "./Sessions";

/** Where a colleague is signed in, and signing them out everywhere. */
export function SessionList({ id, name }: { id: string; name: string }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const path = { params: { path: { id } } };
  const sessions = $api.useQuery("get", "/api/v1/users/{id}/sessions", path);
  const end = $api.useMutation("delete", "/api/v1/users/{id}/sessions", {
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/users/{id}/sessions"] });
      void message.success(t("people.signed_out", { name }));
    },
  });
  if (sessions.isPending) return <BlockLoading />;
  if (sessions.error) return <ProblemLine problem={sessions.error} onRetry={() => void sessions.refetch()} />;
  return (
    <section className={css.part}>
      <h3>{t("people.sessions", { count: sessions.data.items.length })}</h3>
      <Sessions items={sessions.data.items} />
      {sessions.data.items.length > 0 && (
        <Button loading={end.isPending} onClick={() => end.mutate(path)}>
          {t("people.sign_out")}
        </Button>
      )}
      {end.error && <ProblemLine problem={end.error} />}
    </section>
  );
}
