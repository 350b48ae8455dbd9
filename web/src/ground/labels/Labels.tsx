/** The words of coded values, with the shape that goes with them. */
import { ApiOutlined, MailOutlined, PhoneOutlined, QrcodeOutlined } from "@ant-design/icons";
import type { Priority, Role, Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import css from "./labels.module.css";

const bars: Record<Priority, number> = { urgent: 3, high: 2, normal: 1, low: 0 };

/** Priority has no colour: only clocks have. `why` is the derivation, for hovering. */
export function PriorityLabel({ priority, why }: { priority: Priority; why?: string }) {
  const { t } = useWords();
  return (
    <span className={css.priority} title={why} data-priority={priority}>
      <span className={css.bars} aria-hidden>
        {Array.from({ length: bars[priority] }, (_, i) => (
          <i key={i} />
        ))}
      </span>
      {t(`priority.${priority}`)}
    </span>
  );
}

const channelIcons = { h5: QrcodeOutlined, phone: PhoneOutlined, api: ApiOutlined, mail: MailOutlined };

export function ChannelLabel({ channel }: { channel: Schema<"LetterChannel"> }) {
  const { t } = useWords();
  const Icon = channelIcons[channel];
  return (
    <span className={css.channel}>
      <Icon aria-hidden />
      {t(`channel.${channel}`)}
    </span>
  );
}

export function OrderStateLabel({ state }: { state: Schema<"WorkOrderState"> }) {
  const { t } = useWords();
  return (
    <span className={css.state} data-state={state}>
      {t(`order_state.${state}`)}
    </span>
  );
}

export function RoleLabel({ role }: { role: Role }) {
  const { t } = useWords();
  return <>{t(`role.${role}`)}</>;
}
