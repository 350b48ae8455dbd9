import { EnvironmentOutlined } from "@ant-design/icons";
import { useWords } from "@ground/i18n/Words";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { Numbers } from "@rooms/merchant/Numbers";
import css from "./field.module.css";
import type { Page } from "./stage";

/** Where to go, whom to ask for, what to know at the door. */
export function Place({ page }: { page: Page }) {
  const { t, f } = useWords();
  const { order, contact } = page;
  const promised = order.promised;
  const known = promised && !(order.planned && promised.from === order.planned.from && promised.to === order.planned.to);
  return (
    <dl className={css.dl}>
      <dt>{t("field.shop")}</dt>
      <dd>
        {order.store_name || order.merchant_name}
        {order.address && (
          <>
            <br />
            <a className={css.way} href={`geo:0,0?q=${encodeURIComponent(order.address)}`}>
              <EnvironmentOutlined aria-hidden /> {order.address}
            </a>
          </>
        )}
      </dd>
      {known && (
        <>
          <dt>{t("field.promised")}</dt>
          <dd className="num">{f.span(promised.from, promised.to)}</dd>
        </>
      )}
      {contact && (
        <>
          <dt>{t("field.contact")}</dt>
          <dd className={css.reach}>
            {contact.name} {contact.id ? <Numbers dial contact={{ ...contact, id: contact.id }} /> : contact.phone_masked && <CopyNumber value={contact.phone_masked} />}
          </dd>
        </>
      )}
      {order.access_note && (
        <>
          <dt>{t("field.access")}</dt>
          <dd>{order.access_note}</dd>
        </>
      )}
    </dl>
  );
}
