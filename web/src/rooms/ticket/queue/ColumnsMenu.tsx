import { ArrowDownOutlined, ArrowUpOutlined, SettingOutlined } from "@ant-design/icons";
import { Button, Checkbox, Popover, Segmented } from "antd";
import { useWords } from "@ground/i18n/Words";
import { useDensity, type Density } from "@ground/list/density";
import { columnKeys, type ColumnKey } from "../search";
import css from "./queue.module.css";

/** The columns everybody begins with. */
export const usual: readonly ColumnKey[] = ["clock", "number", "subject", "place", "priority", "state", "owner", "last"];

type Props = { shown: readonly ColumnKey[]; onColumns: (columns: readonly ColumnKey[]) => void };

/** Which columns, in which order, and how close the rows stand. */
export function ColumnsMenu({ shown, onColumns }: Props) {
  const { t } = useWords();
  const [density, setDensity] = useDensity();
  const move = (key: ColumnKey, by: number) => {
    const order = [...shown];
    const at = order.indexOf(key);
    order.splice(at, 1);
    order.splice(at + by, 0, key);
    onColumns(order);
  };
  const all = [...shown, ...columnKeys.filter((key) => !shown.includes(key))];
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      destroyOnHidden
      content={
        <div className={css.columnsMenu}>
          <Segmented<Density>
            block
            value={density}
            onChange={setDensity}
            options={[
              { value: "standard", label: t("density.standard") },
              { value: "loose", label: t("density.loose") },
            ]}
          />
          <ul>
            {all.map((key) => {
              const at = shown.indexOf(key);
              return (
                <li key={key}>
                  <Checkbox
                    checked={at >= 0}
                    disabled={at >= 0 && shown.length === 1}
                    onChange={(event) => onColumns(event.target.checked ? [...shown, key] : shown.filter((k) => k !== key))}
                  >
                    {t(`column.${key}`)}
                  </Checkbox>
                  {at >= 0 && (
                    <span>
                      <Button type="text" size="small" icon={<ArrowUpOutlined />} disabled={at === 0} onClick={() => move(key, -1)} aria-label={t("columns.up", { name: t(`column.${key}`) })} />
                      <Button type="text" size="small" icon={<ArrowDownOutlined />} disabled={at === shown.length - 1} onClick={() => move(key, 1)} aria-label={t("columns.down", { name: t(`column.${key}`) })} />
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
          <Button size="small" onClick={() => onColumns(usual)}>
            {t("columns.usual")}
          </Button>
        </div>
      }
    >
      <Button size="small" type="text" icon={<SettingOutlined />} data-testid="columns">
        {t("columns.title")}
      </Button>
    </Popover>
  );
}
