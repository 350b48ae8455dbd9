import { ImportOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { useWords } from "@ground/i18n/Words";
import { SideButton } from "@ground/parts/SideButton";
import { useSession } from "@ground/session/Session";
import { needs, type Kind } from "./kinds";

/** From a list to the import of such a list; only for who may. */
export function ImportButton({ kind }: { kind: Kind }) {
  const { t } = useWords();
  const { may } = useSession();
  const navigate = useNavigate();
  if (!may("import.run") || !may(needs[kind] ?? "registry.edit")) return null;
  return (
    <SideButton icon={<ImportOutlined />} onClick={() => void navigate({ to: "/imports", search: { kind } })}>
      {t("import.short")}
    </SideButton>
  );
}
