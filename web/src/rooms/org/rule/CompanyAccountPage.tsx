import { OrgNav } from "../OrgNav";
import css from "../org.module.css";
import { CompanyAccount } from "./CompanyAccount";

/** The company account: with whom, on what terms, and who comes in by it. */
export function CompanyAccountPage() {
  return (
    <div className={css.whole}>
      <OrgNav />
      <div className={css.scroll}>
        <CompanyAccount />
      </div>
    </div>
  );
}
