import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import css from "./library.module.css";

/** What keeps the guide from being published, each a door to its place. */
export function Findings({ findings, stale, draft, onGo }: { findings: readonly Schema<"GuideFinding">[]; stale: boolean; draft: boolean; onGo: (node?: string) => void }) {
  const { t } = useWords();
  return (
    <section>
      <h2>{t("library.checks", { count: findings.length })}</h2>
      {stale ? <p className="meta">{t("library.checks_stale")}</p> : !draft ? <p className="meta">{t("library.checks_none")}</p> : findings.length === 0 && <p className={css.good}>{t("library.checks_good")}</p>}
      <ul className={css.findings} data-testid="findings">
        {findings.map((finding) => (
          <li key={`${finding.node} ${finding.field} ${finding.code}`}>
            <button type="button" className={css.link} onClick={() => onGo(finding.node || undefined)}>
              {[finding.node, finding.field].filter(Boolean).join(" · ")}
            </button>
            <br />
            {finding.sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}
