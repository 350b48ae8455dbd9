import { App, Button, Input } from "antd";
import { useState } from "react";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";
import { OfferAnswer } from "./OfferCard";
import { position } from "./position";
import { ReasonChips } from "./ReasonChips";
import { Sheet } from "./Sheet";
import type { Page } from "./stage";
import { useCommand } from "./useVisit";

type Place = { lat: number; lng: number };

/** The stamps before the work: accept, depart, arrive. Pressing the button is the stamp. */
export function WayButton({ page }: { page: Page }) {
  const { order } = page;
  if (order.state === "offered") return <OfferAnswer id={order.id} ready main />;
  if (order.state === "accepted") return <Depart id={order.id} />;
  return <Arrive id={order.id} />;
}

function Depart({ id }: { id: string }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const depart = useCommand(id, "depart", () => void message.success(t("field.departed")));
  return (
    <>
      {depart.error && <ProblemLine problem={depart.error} />}
      <Button type="primary" block className={css.main} loading={depart.isPending} onClick={() => depart.mutate({})}>
        {t("field.depart")}
      </Button>
    </>
  );
}

function Arrive({ id }: { id: string }) {
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  const [locating, setLocating] = useState(false);
  const [reason, setReason] = useState("");
  const [place, setPlace] = useState<Place | null>(null);
  const arrive = useCommand(id, "arrive", () => setAsking(false));
  // The shop is elsewhere than the telephone says: a word for it, and the work goes on.
  const far = arrive.error?.code === "visit.off_site";
  const stamp = async () => {
    setLocating(true);
    const found = await position();
    setLocating(false);
    setPlace(found);
    if (found) arrive.mutate(found);
    else setAsking(true);
  };
  return (
    <>
      {arrive.error && !asking && !far && <ProblemLine problem={arrive.error} />}
      <Button type="primary" block className={css.main} loading={locating || arrive.isPending} onClick={() => void stamp()}>
        {t("field.arrive")}
      </Button>
      <Sheet
        open={asking || far}
        title={t(far ? "field.arrive_far" : "field.arrive_title")}
        onClose={() => {
          setAsking(false);
          if (far) arrive.reset();
        }}
        foot={
          <Button type="primary" block className={css.main} disabled={!reason.trim()} loading={arrive.isPending} onClick={() => arrive.mutate({ ...place, off_site_reason: reason.trim() })}>
            {t("field.arrive_anyway")}
          </Button>
        }
      >
        {!place && <p className="lead">{t("field.arrive_why")}</p>}
        <ReasonChips name="off_site" onPick={setReason} />
        <Input.TextArea size="large" aria-label={t("field.reason")} value={reason} onChange={(event) => setReason(event.target.value)} autoSize={{ minRows: 2 }} maxLength={500} />
        {arrive.error && <ProblemLine problem={arrive.error} />}
      </Sheet>
    </>
  );
}
