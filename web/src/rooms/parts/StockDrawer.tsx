import { EditOutlined, SwapOutlined } from "@ant-design/icons";
import { Button, Drawer } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { keyset, useRows } from "@ground/list/useKeyset";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemPage } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { usePartNames } from "@rooms/visit/usePartNames";
import { MoveDialog } from "./MoveDialog";
import { PartDialog } from "./PartDialog";
import css from "./parts.module.css";

type Page = Schema<"StockPage">;

/** One part: where its pieces lie, who carries some, how they came there, and what can be done with them. */
export function StockDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const stock = $api.useQuery("get", "/api/v1/parts/{id}", { params: { path: { id } } });
  const title = stock.data ? `${stock.data.part.number} ${stock.data.part.name}` : "";
  return (
    <Drawer open onClose={onClose} title={title} size={Math.min(520, window.innerWidth)} destroyOnHidden>
      {stock.isPending ? (
        <BlockLoading lines={8} />
      ) : stock.error ? (
        <ProblemPage problem={stock.error} onRetry={() => void stock.refetch()} />
      ) : (
        <Stock page={stock.data} />
      )}
    </Drawer>
  );
}

function Stock({ page }: { page: Page }) {
  const { t, f } = useWords();
  const { may } = useSession();
  const kind = usePartNames();
  const [open, setOpen] = useState<"move" | "edit" | null>(null);
  const { part } = page;
  const least = part.min_stock ?? 0;
  const pieces = (count: number) => t("stock.pieces", { count: f.number(count), unit: part.unit });
  return (
    <>
      {may("part.manage") && (
        <div className={css.tools}>
          <Button type="primary" icon={<SwapOutlined />} onClick={() => setOpen("move")} data-testid="stock-move">
            {t("stock.move")}
          </Button>
          <Button icon={<EditOutlined />} onClick={() => setOpen("edit")} data-testid="part-edit">
            {t("part.edit")}
          </Button>
        </div>
      )}
      <dl className={css.facts}>
        <dt>{t("part.kind")}</dt>
        <dd>{kind(part.kind)}</dd>
        <dt>{t("part.models")}</dt>
        <dd>{part.models?.length ? part.models.join(t("field.list_join")) : t("part.models_all")}</dd>
        <dt>{t("part.price_short")}</dt>
        <dd className="num">{f.money(part.price_fen)}</dd>
        <dt>{t("stock.in_store")}</dt>
        <dd className="num" data-testid="in-store">
          {pieces(part.in_store)} {part.reserved > 0 && <span className="meta">{t("stock.free_of", { free: f.number(Math.max(0, part.in_store - part.reserved)) })} </span>}
          {part.in_store < least && !part.off && <span className={css.low}>{t("stock.low_line", { min: f.number(least) })}</span>}
        </dd>
        <dt>{t("stock.carried")}</dt>
        <dd className="num">{pieces(part.carried)}</dd>
      </dl>
      <h3 className={css.head}>{t("stock.where")}</h3>
      {page.carriers.length === 0 ? (
        <p className="meta">{t("stock.nobody")}</p>
      ) : (
        <ul className={css.carriers}>
          {page.carriers.map((one) => (
            <li key={one.engineer.id}>
              {one.engineer.name} <span className="num">{pieces(one.pieces)}</span>
            </li>
          ))}
        </ul>
      )}
      {page.pieces.length > 0 && (
        <>
          <h3 className={css.head}>{t("stock.pieces_title")}</h3>
          <ul className={css.carriers} data-testid="stock-pieces">
            {page.pieces.map((one) => (
              <li key={one.serial_no}>
                <span className={css.number}>{one.serial_no}</span>
                <span className={`meta ${css.who}`}>{one.engineer?.name ?? (one.stands === "used" ? t("stock.stands_used", { order: one.work_order_number ?? "" }) : t(`stock.stands.${one.stands}`))}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {page.waiting.length > 0 && (
        <>
          <h3 className={css.head}>{t("stock.waiting")}</h3>
          <ul className={`${css.moves} ${css.waiting}`} data-testid="stock-waiting">
            {page.waiting.map((one, n) => (
              <li key={`${one.work_order_id} ${n}`}>
                <span className="num">{one.work_order_number}</span>
                <span>
                  {one.engineer?.name ?? t("stock.waiting_nobody")}
                  <span className={`meta ${css.who}`}>{t("stock.waiting_since", { since: f.moment(one.since) })}</span>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3 className={css.head}>{t("stock.moves")}</h3>
      <Moves id={part.id} />
      {open === "move" && <MoveDialog page={page} onClose={() => setOpen(null)} />}
      {open === "edit" && <PartDialog part={part} onClose={() => setOpen(null)} />}
    </>
  );
}

function Moves({ id }: { id: string }) {
  const { t, f } = useWords();
  const list = $api.useInfiniteQuery("get", "/api/v1/parts/{id}/moves", { params: { path: { id }, query: { limit: 20 } } }, keyset);
  const rows = useRows<Schema<"StockLine">>(list);
  const place = (at: Schema<"StockLine">["from"]) => (!at ? t("stock.place_outside") : at.kind === "store" ? t("stock.place_store") : at.name);
  if (list.isPending) return <BlockLoading lines={4} />;
  if (list.error) return <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />;
  if (rows.length === 0) return <p className="meta">{t("stock.moves_none")}</p>;
  return (
    <>
      <ul className={css.moves} data-testid="stock-moves">
        {rows.map((line) => (
          <li key={line.id}>
            <span className={`num ${css.by}`}>{line.quantity > 0 ? `+${f.number(line.quantity)}` : f.number(line.quantity)}</span>
            <span>
              {t(`stock.kind.${line.kind}`)} · {place(line.from)} → {place(line.to)}
              {line.serial_no && <span className={css.number}> {line.serial_no}</span>}
              {line.note && <span className={css.note}>{line.note}</span>}
              <span className={`meta ${css.who}`}>
                {line.by} {f.moment(line.at)}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button size="small" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("stock.more")}
        </Button>
      )}
    </>
  );
}
