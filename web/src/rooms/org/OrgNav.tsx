import { Link } from "@tanstack/react-router";
import { useWords } from "@ground/i18n/Words";
import { NavRow } from "@ground/parts/NavRow";
import { useSession } from "@ground/session/Session";
import { isOpen } from "@ground/shell/rail";
import { peopleEntry } from "./room";

const pages = [
  { to: "/people", word: "people.title", needs: "user.read", exact: true },
  { to: "/people/branches", word: "branch.title", needs: "org.read", exact: false },
  { to: "/people/partners", word: "partner.title", needs: "org.read", exact: false },
  { to: "/people/roles", word: "roles.title", needs: "org.read", exact: false },
  { to: "/people/keys", word: "api_key.title", needs: "key.manage", exact: false },
  { to: "/people/sign-in", word: "rule.title", needs: "user.manage", exact: false },
  { to: "/people/company-account", word: "company.title", needs: "identity.manage", exact: false },
] as const;

/** The pages about who works here, where, and how they get in. */
export function OrgNav() {
  const { t } = useWords();
  const { may } = useSession();
  return (
    <NavRow label={t("people.title")}>
      {pages
        .filter((page) => may(page.needs) && isOpen(peopleEntry, page.to, may))
        .map((page) => (
          <Link key={page.to} to={page.to} activeOptions={{ exact: page.exact, includeSearch: false }} activeProps={{ "aria-current": "page" }}>
            {t(page.word)}
          </Link>
        ))}
    </NavRow>
  );
}
