import { CloseOutlined, FilterOutlined, SortAscendingOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Dropdown, Form, Popover, Select } from "antd";
import { useRef, useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { useKeys } from "@ground/keys/useKeys";
import { Kbd } from "@ground/parts/Kbd";
import { useSession } from "@ground/session/Session";
import { useChoices } from "@rooms/merchant/data";
import { useFaults } from "../command/fields";
import { dimensions, sorts, type Dimension, type QueueSearch, type Sort } from "../search";
import css from "./queue.module.css";

/** The words a filter offers, and what they are called. */
const choices = {
  state: { values: ["new", "triaged", "remote", "visit", "solved"], words: "ticket_state", many: true },
  priority: { values: ["urgent", "high", "normal", "low"], words: "priority", many: true },
  channel: { values: ["h5", "phone", "mail", "api"], words: "channel", many: true },
  waiting: { values: ["waiting_merchant", "waiting_parts", "waiting_acquirer", "merchant_closed"], words: "waiting", many: false },
  tier: { values: ["gold", "silver", "standard"], words: "tier", many: false },
} as const satisfies { [D in Dimension]?: { values: readonly string[]; words: string; many: boolean } };

type Offered = keyof typeof choices;
const isOffered = (name: Dimension): name is Offered => name in choices;

type Props = { search: QueueSearch; onSearch: (search: QueueSearch) => void };

/** What the list is narrowed to, in words that can be taken away, and the way to more. `F` opens it. */
export function FilterBar({ search, onSearch }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const said = useSaid();
  const put = (name: Dimension, value: string | undefined) => {
    const { [name]: _, ...rest } = search;
    onSearch(value ? { ...rest, [name]: value } : rest);
  };
  useKeys({ f: () => setOpen(true) });
  const button = useRef<HTMLButtonElement>(null);
  const end = () => {
    setOpen(false);
    button.current?.focus();
  };
  const asked = dimensions.filter((name) => search[name] !== undefined);
  const sort: Sort = search.sort ?? "due";
  return (
    <div className={css.filters}>
      {/* First in its line, so that no chip pushes it away from the list it opened. */}
      <Popover
        open={open}
        onOpenChange={setOpen}
        trigger="click"
        placement="bottomLeft"
        destroyOnHidden
        afterOpenChange={(shown) => shown && document.getElementById("filter-state")?.focus()}
        content={<Fields search={search} put={put} onEnd={end} />}
      >
        <Button ref={button} size="small" icon={<FilterOutlined />} data-testid="filter-open" aria-expanded={open}>
          {t("filter.add")} <Kbd>F</Kbd>
        </Button>
      </Popover>
      {asked.map((name) => (
        <span key={name} className={css.chip}>
          {t(`filter.${name}`)}
          {t("filter.is")}
          {said(name, search[name] ?? "")}
          <Button type="text" size="small" icon={<CloseOutlined />} onClick={() => put(name, undefined)} aria-label={t("filter.drop", { name: t(`filter.${name}`) })} />
        </span>
      ))}
      {asked.length > 1 && (
        <Button size="small" type="text" onClick={() => onSearch(Object.fromEntries(Object.entries(search).filter(([name]) => !dimensions.some((d) => d === name))))}>
          {t("filter.clear")}
        </Button>
      )}
      {search.view !== "closed" && (
        <Dropdown
          trigger={["click"]}
          menu={{
            selectable: true,
            selectedKeys: [sort],
            items: sorts.map((key) => ({ key, label: t(`sort.${key}`) })),
            onClick: ({ key }) => {
              const { sort: _, ...rest } = search;
              const next = sorts.find((s) => s === key);
              onSearch(next && next !== "due" ? { ...rest, sort: next } : rest);
            },
          }}
        >
          <Button size="small" type="text" icon={<SortAscendingOutlined />} data-testid="sort">
            {t(`sort.${sort}`)}
          </Button>
        </Dropdown>
      )}
    </div>
  );
}

/** A filter's words as people say them. */
function useSaid() {
  const { t, pick } = useWords();
  const { me, may } = useSession();
  const agents = $api.useQuery("get", "/api/v1/users", { params: { query: { role: "agent" } } }, { staleTime: 300_000, enabled: may("user.read") });
  const faults = useFaults();
  return (name: Dimension, value: string): string => {
    if (isOffered(name)) return value.split(",").map((word) => t(`${choices[name].words}.${word}` as Key)).join(t("list.comma"));
    if (name === "owner") return value === "me" || value === me.id ? t("ticket.me") : (agents.data?.items.find((p) => p.id === value)?.name ?? t("filter.somebody"));
    const family = faults.data?.items.find((fault) => fault.code === value);
    return family ? `${value} ${pick(family.symptom)}` : value;
  };
}

function Fields({ search, put, onEnd }: { search: QueueSearch; put: (name: Dimension, value: string | undefined) => void; onEnd: () => void }) {
  const { t, pick } = useWords();
  const { me, may } = useSession();
  const agents = $api.useQuery("get", "/api/v1/users", { params: { query: { role: "agent" } } }, { staleTime: 300_000, enabled: may("user.read") });
  const owners = [{ value: "me", label: t("ticket.me") }, ...(agents.data?.items ?? []).filter((p) => p.id !== me.id).map((p) => ({ value: p.id, label: p.name }))];
  const faults = useFaults();
  const districts = useChoices(may("registry.read"))?.districts ?? [];
  const offered = {
    district: districts.map((value) => ({ value })),
    fault: (faults.data?.items ?? []).map((fault) => ({ value: fault.code, label: `${fault.code} ${pick(fault.symptom)}` })),
  };
  const typed = (name: "district" | "fault", hint: Key) => (
    <Form.Item key={name} label={t(`filter.${name}`)} htmlFor={`filter-${name}`}>
      <AutoComplete
        id={`filter-${name}`}
        defaultValue={search[name]}
        placeholder={t(hint)}
        maxLength={name === "fault" ? 8 : 40}
        allowClear
        options={offered[name]}
        showSearch={{ filterOption: (typed, option) => `${option?.value} ${option && "label" in option ? option.label : ""}`.toLowerCase().includes(typed.trim().toLowerCase()) }}
        onSelect={(value: string) => put(name, value)}
        onClear={() => put(name, undefined)}
        onBlur={(event) => put(name, (event.target as HTMLInputElement).value.trim() || undefined)}
      />
    </Form.Item>
  );
  return (
    <Form layout="vertical" className={css.filterForm} onKeyDown={(event) => event.key === "Escape" && onEnd()}>
      {(Object.keys(choices) as Offered[]).map((name) => {
        const { values, words, many } = choices[name];
        const options = values.map((value) => ({ value, label: t(`${words}.${value}` as Key) }));
        const now = search[name]?.split(",") ?? [];
        return (
          <Form.Item key={name} label={t(`filter.${name}`)} htmlFor={`filter-${name}`}>
            {many ? (
              <Select id={`filter-${name}`} mode="multiple" value={now} options={options} onChange={(next: string[]) => put(name, next.join(",") || undefined)} placeholder={t("filter.any")} showSearch={false} />
            ) : (
              <Select id={`filter-${name}`} allowClear value={now[0] ?? null} options={options} onChange={(next?: string) => put(name, next)} placeholder={t("filter.any")} />
            )}
          </Form.Item>
        );
      })}
      <Form.Item label={t("filter.owner")} htmlFor="filter-owner">
        <Select id="filter-owner" allowClear value={search.owner ?? null} options={owners} onChange={(next?: string) => put("owner", next)} placeholder={t("filter.any")} showSearch={{ optionFilterProp: "label" }} />
      </Form.Item>
      {typed("district", "filter.district_hint")}
      {typed("fault", "filter.fault_hint")}
    </Form>
  );
}
