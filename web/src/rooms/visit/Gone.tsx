import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useWords } from "@ground/i18n/Words";
import { useRows } from "@ground/list/useKeyset";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useNow } from "@ground/time/useNow";
import { useBells, useRead, type Bell } from "@rooms/bell/data";
import css from "./field.module.css";
import { useMine } from "./useMine";

/** Of the newest notifications; an engineer gets few. */
const LOOKED_AT = 20;

const isGone = (bell: Bell) => bell.kind === "called_off" || bell.kind === "taken_back";

/** On every page of the phone until it was read: a visit one was to make is called off, or was taken back. Nobody is to find out at a closed door. */
export function Gone() {
  const bells = useRows<Bell>(useBells(LOOKED_AT));
  const unread = bells.filter((bell) => isGone(bell) && !bell.read_at);
  return unread.map((bell) => <OneGone key={bell.id} bell={bell} />);
}

function OneGone({ bell }: { bell: Bell }) {
  const { t, f } = useWords();
  const mine = useMine(new Date(useNow()));
  const read = useRead();
  const [from, to] = bell.preview.split("/");
  // What was called off is still theirs to look at; what was taken back is somebody else's now.
  const order = bell.kind === "called_off" && mine.data?.items.find((row) => row.ticket_id === bell.ticket_id && row.state === "cancelled");
  const seen = () => read.mutate({ body: { id: bell.id } });
  return (
    <div className={css.gone} role="alert" data-testid="gone">
      <p className={css.goneWhat}>{t(`bell.${bell.kind}`, { who: bell.by_name || t("line.house") })}</p>
      <p>
        {from && to && <span className="num">{f.span(from, to)} · </span>}
        {(order && order.store_name) || bell.subject}
      </p>
      <p className="meta">{t(bell.kind === "called_off" ? "field.gone_called_off" : "field.gone_taken_back")}</p>
      {read.error && <ProblemLine problem={read.error} />}
      <div className={order ? css.two : undefined}>
        {order && (
          <Link to="/field/orders/$id" params={{ id: order.id }} onClick={seen}>
            <Button block className={css.big}>
              {t("field.gone_look")}
            </Button>
          </Link>
        )}
        <Button block className={css.big} loading={read.isPending} onClick={seen} data-testid="gone-seen">
          {t("field.changed_seen")}
        </Button>
      </div>
    </div>
  );
}
