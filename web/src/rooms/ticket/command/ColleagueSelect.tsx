import { Select } from "antd";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { useSession } from "@ground/session/Session";

type Props = {
  /** Dispatchers may have it too: whatever a role that works on tickets can do. */
  dispatchers?: boolean;
  value?: string | undefined;
  onChange?: (id: string) => void;
  size?: "small" | "middle";
  id?: string;
};

/** Somebody of the desk. The list is short and read once. */
export function ColleagueSelect({ dispatchers = false, value, onChange, size = "middle", id }: Props) {
  const { t } = useWords();
  const { me, may } = useSession();
  const agents = $api.useQuery("get", "/api/v1/users", { params: { query: { role: "agent" } } }, { staleTime: 300_000, enabled: may("user.read") });
  const supervisors = $api.useQuery("get", "/api/v1/users", { params: { query: { role: "supervisor" } } }, { staleTime: 300_000, enabled: may("user.read") });
  const dispatch = $api.useQuery("get", "/api/v1/users", { params: { query: { role: "dispatcher" } } }, { staleTime: 300_000, enabled: dispatchers && may("user.read") });
  const people = [...(agents.data?.items ?? []), ...(supervisors.data?.items ?? []), ...(dispatchers ? (dispatch.data?.items ?? []) : [])];
  return (
    <Select
      {...(id && { id })}
      value={value ?? null}
      {...(onChange && { onChange: (next: string | null) => next && onChange(next) })}
      size={size}
      style={{ minWidth: 160 }}
      loading={agents.isPending}
      placeholder={t("queue.colleague")}
      aria-label={t("queue.colleague")}
      showSearch={{ optionFilterProp: "label" }}
      options={people.map((p) => ({ value: p.id, label: p.id === me.id ? t("ticket.me_named", { name: p.name }) : `${p.name} · ${t(`role.${p.role}`)}` }))}
    />
  );
}
