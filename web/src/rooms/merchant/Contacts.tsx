import { EditOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import { useSession } from "@ground/session/Session";
import { ContactDialog } from "./ContactDialog";
import css from "./merchant.module.css";
import { Numbers } from "./Numbers";

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
