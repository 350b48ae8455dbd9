import { useQueryClient } from "@tanstack/react-query";
import { Modal } from "antd";
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import type { Me } from "@api";
import { client, onSessionEnd } from "@ground/api/client";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { PageLoading } from "@ground/parts/Loading";
import { forgetLeft } from "@ground/parts/left";
import { ProblemPage } from "@ground/parts/ProblemView";
import { LoginForm, LoginPage } from "./Login";

type Session = {
  me: Me;
  /** Whether this person may do a thing at least on what is their own. Buttons ask the object's `allowed` where there is one. */
  may: (action: string) => boolean;
  leave: () => Promise<void>;
};

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession stands outside of <SessionGate>");
  return session;
}

/** Lets nobody in without a session. When it ends later, signing in again happens on top: what was typed stays. */
export function SessionGate({ children }: { children: ReactNode }) {
  const cache = useQueryClient();
  const { t } = useWords();
  const [ended, setEnded] = useState(false);
  const current = $api.useQuery("get", "/api/v1/sessions/current", {}, { staleTime: Infinity, retry: 1 });
  const me = current.data;

  useEffect(() => onSessionEnd(() => setEnded(true)), []);

  const session = useMemo<Session | null>(() => {
    if (!me) return null;
    const actions = new Set(me.actions);
    return {
      me,
      may: (action) => actions.has(action),
      leave: async () => {
        await client.DELETE("/api/v1/sessions/current");
        cache.clear();
        window.location.assign("/");
      },
    };
  }, [me, cache]);

  const entered = async (next: Me) => {
    const other = me !== undefined && me.id !== next.id;
    if (other) {
      cache.clear();
      forgetLeft();
    }
    cache.setQueryData($api.queryOptions("get", "/api/v1/sessions/current", {}).queryKey, next);
    setEnded(false);
    await cache.invalidateQueries({ predicate: (query) => !String(query.queryKey[1]).endsWith("/sessions/current") });
  };

  if (!session) {
    if (!current.error) return <PageLoading />;
    if (current.error.status === 401) return <LoginPage onEnter={entered} />;
    return <ProblemPage problem={current.error} onRetry={() => void current.refetch()} />;
  }
  return (
    <SessionContext value={session}>
      {children}
      <Modal open={ended} closable={false} footer={null} keyboard={false} width={400} title={t("login.again_title")}>
        <p className="lead">{t("login.again_why")}</p>
        <LoginForm onEnter={entered} username={session.me.username} />
      </Modal>
    </SessionContext>
  );
}
