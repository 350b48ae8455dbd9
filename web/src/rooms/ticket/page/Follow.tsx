import { BellFilled, BellOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { useSession } from "@ground/session/Session";

/** Whether one follows the ticket; who else does, on hover. */
export function Follow({ id }: { id: string }) {
  const { t } = useWords();
  const { may } = useSession();
  const cache = useQueryClient();
  const at = { params: { path: { id } } };
  const options = $api.queryOptions("get", "/api/v1/tickets/{id}/followers", at);
  const followers = $api.useQuery("get", "/api/v1/tickets/{id}/followers", at, { enabled: may("bell.read") });
  const onSuccess = (data: NonNullable<typeof followers.data>) => cache.setQueryData(options.queryKey, data);
  const follow = $api.useMutation("put", "/api/v1/tickets/{id}/followers", { onSuccess });
  const leave = $api.useMutation("delete", "/api/v1/tickets/{id}/followers", { onSuccess });
  if (!followers.data) return null;
  const { following, people } = followers.data;
  const names = people.map((one) => one.name).join(t("list.comma"));
  return (
    <Button
      type="text"
      size="small"
      icon={following ? <BellFilled /> : <BellOutlined />}
      loading={follow.isPending || leave.isPending}
      aria-pressed={following}
      title={people.length > 0 ? t("follow.who", { names }) : t("follow.why")}
      onClick={() => (following ? leave : follow).mutate(at)}
      data-testid="follow"
    >
      {t(following ? "follow.on" : "follow.off")} {people.length > 0 && <span className="num">{people.length}</span>}
    </Button>
  );
}
