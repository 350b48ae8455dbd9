import { EditOutlined, EyeOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, Popover } from "antd";
import { useEffect, useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { ContactDialog } from "./ContactDialog";
import css from "./merchant.module.css";

type Contact = Schema<"MerchantContact">;

/** Who can be reached. Numbers are masked until somebody says why they need one; that is written down. */
export function Contacts({ page }: { page: Schema<"MerchantPage"> }) {
  const { t } = useWords();
  const { may } = useSession();
  const [edited, setEdited] = useState<Contact | "new" | null>(null);
  return (
    <>
      {page.contacts.length === 0 && <p className={css.dim}>{t("merchant.no_contacts")}</p>}
      {page.contacts.map((contact) => (
        <div key={contact.id} className={css.contact}>
          <div>
            <strong>{contact.name}</strong> <span className={css.dim}>{contact.duty}</span>
          </div>
          <Numbers contact={contact} />
          {may("registry.edit") && <Button type="text" size="small" icon={<EditOutlined />} aria-label={t("merchant.edit_contact", { name: contact.name })} onClick={() => setEdited(contact)} />}
        </div>
      ))}
      {may("registry.edit") && (
        <Button icon={<PlusOutlined />} onClick={() => setEdited("new")} data-testid="contact-new">
          {t("merchant.add_contact")}
        </Button>
      )}
      {edited && <ContactDialog page={page} contact={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}

/** The numbers of a contact: masked, or in clear until the moment the server named. */
function Numbers({ contact }: { contact: Contact }) {
  const { t } = useWords();
  const { may } = useSession();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const [shown, setShown] = useState<Schema<"Revealed"> | null>(null);
  const reveal = $api.useMutation("post", "/api/v1/contacts/{id}/reveal", {
    onSuccess: (numbers) => {
      setShown(numbers);
      setAsking(false);
      setReason("");
    },
  });
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(null), Math.max(0, Date.parse(shown.until) - Date.now()));
    return () => clearTimeout(timer);
  }, [shown]);

  const lines = shown ? [shown.phone, shown.email] : [contact.phone_masked, contact.email_masked];
  return (
    <div className={css.numbers}>
      <span className="num">
        {lines.filter(Boolean).map((line) => (
          <div key={line}>{line}</div>
        ))}
      </span>
      {!shown && may("contact.reveal") && (contact.phone_masked ?? contact.email_masked) && (
        <Popover
          trigger="click"
          open={asking}
          onOpenChange={setAsking}
          title={t("merchant.reveal_why")}
          content={
            <form
              className={css.reveal}
              onSubmit={(event) => {
                event.preventDefault();
                if (reason.trim()) reveal.mutate({ params: { path: { id: contact.id } }, body: { reason: reason.trim() } });
              }}
            >
              <Input value={reason} onChange={(event) => setReason(event.target.value)} maxLength={200} placeholder={t("merchant.reveal_hint")} aria-label={t("merchant.reveal_why")} autoFocus />
              {reveal.error && <ProblemLine problem={reveal.error} />}
              <Button htmlType="submit" disabled={!reason.trim()} loading={reveal.isPending} data-testid="reveal-submit">
                {t("merchant.reveal_submit")}
              </Button>
            </form>
          }
        >
          <Button type="text" size="small" icon={<EyeOutlined />} data-testid="reveal">
            {t("merchant.reveal")}
          </Button>
        </Popover>
      )}
      {shown && <span className="meta">{t("merchant.revealed")}</span>}
    </div>
  );
}
