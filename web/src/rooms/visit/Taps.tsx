import { Button } from "antd";
import { useWords } from "@ground/i18n/Words";
import { useOnline } from "@ground/shell/OfflineBar";
import css from "./field.module.css";
import { dropTap, sendsItself, useTaps, type Tap } from "./outbox";
import { usePartNames } from "./usePartNames";
import { useCommand, type Command } from "./useVisit";

/** Taps of a visit that have not arrived: still waiting for a network, or refused when they came late. Nothing is dropped without a hand. */
export function Taps({ id }: { id: string }) {
  const { t } = useWords();
  const taps = useTaps().filter((tap) => tap.order === id);
  if (taps.length === 0) return null;
  return (
    <section className={css.changed} role="alert" aria-label={t("field.taps")} data-testid="taps">
      <p>{t("field.taps")}</p>
      <ul className={css.remote}>
        {taps.map((tap) => (
          <OneTap key={tap.key} tap={tap} />
        ))}
      </ul>
    </section>
  );
}

function OneTap({ tap }: { tap: Tap }) {
  const { t, f } = useWords();
  const online = useOnline();
  const part = usePartNames();
  const command = tap.command as Command;
  const send = useCommand(tap.order, command, () => dropTap(tap.key));
  const what = typeof tap.body["part"] === "string" ? part(tap.body["part"]) : typeof tap.body["new_serial"] === "string" ? tap.body["new_serial"] : "";
  const waits = sendsItself(tap);
  return (
    <li>
      <span>
        {t(`field.tap.${command}`)} {what} <span className="meta num">{f.moment(tap.at)}</span>
      </span>
      <span className={tap.refused ? css.hint : "meta"}>{tap.refused ?? t(waits || !online ? "field.tap_waits" : "field.tap_left")}</span>
      {!waits && (
        <span className={css.two}>
          <Button className={css.big} disabled={!online} loading={send.isPending} onClick={() => send.mutate(tap.body as never)} data-testid="tap-send">
            {t("field.tap_send")}
          </Button>
          <Button className={css.big} onClick={() => dropTap(tap.key)} data-testid="tap-drop">
            {t("field.tap_drop")}
          </Button>
        </span>
      )}
    </li>
  );
}
