import { AutoComplete, Input } from "antd";
import { $api } from "@ground/api/query";
import { useSession } from "@ground/session/Session";
import { useNarrow } from "@ground/shell/useNarrow";
import { useSettled } from "@ground/time/useSettled";

/** Fewest characters that name few enough terminals to choose from. */
const PIECE = 4;
const plain = (text: string) => text.replace(/[^0-9a-z]/gi, "").toUpperCase();

type Props = { value?: string; onChange?: (serial: string) => void; id?: string };

/** A serial number: whole from the label, or found by any four characters of it somebody can still read. */
export function SerialInput({ value = "", onChange, id }: Props) {
  const { may } = useSession();
  const narrow = useNarrow();
  const asked = useSettled(plain(value), 300);
  const found = $api.useQuery("get", "/api/v1/terminals", { params: { query: { q: asked, limit: 8 } } }, { enabled: may("registry.read") && asked.length >= PIECE });
  const rows = asked.length >= PIECE && asked === plain(value) ? (found.data?.items ?? []) : [];
  // What stands there whole needs no choice.
  const options = rows.some((row) => row.serial_no === asked) ? [] : rows.map((row) => ({ value: row.serial_no, label: [row.serial_no, row.model, row.place?.store_name ?? row.place?.merchant.name].filter(Boolean).join(" · ") }));
  return (
    <AutoComplete {...(id && { id })} value={value} onChange={(next: string) => onChange?.(next)} options={options} popupMatchSelectWidth={narrow}>
      <Input maxLength={40} data-testid="fresh-serial" />
    </AutoComplete>
  );
}
