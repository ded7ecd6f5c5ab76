// Keys of programs: what they may do, until when, last used. On a phone everything stands below the name.
import { Button } from "antd"
import { useTranslation } from "react-i18next"
import { Ago } from "../../ui/Ago"
import { DataTable, type Column } from "../../ui/DataTable"
import { dateTime } from "../../ui/format"
import { PHONE, useMedia } from "../../ui/useMedia"
import type { Token } from "./staff"

export function TokenTable({ label, tokens, revoke }: { label: string; tokens: Token[]; revoke: (token: Token) => void }) {
  const { t } = useTranslation("accounts")
  const phone = useMedia(PHONE)
  const used = (token: Token) => (token.last_used_at_ms === undefined ? <span className="quiet">{t("never")}</span> : <Ago at={token.last_used_at_ms} />)
  const until = (token: Token) => (token.expires_at_ms === undefined ? t("no_end") : dateTime(token.expires_at_ms))
  const rights = (token: Token) => (token.scopes.length > 0 ? token.scopes.join(" ") : token.role)
  const end: Column<Token> = {
    key: "actions", title: t("actions"), width: 90,
    cell: (token) => <Button size="small" type="link" danger onClick={() => revoke(token)} aria-label={`${t("revoke")} ${token.name}`}>{t("revoke")}</Button>,
  }
  const narrow: Column<Token>[] = [{
    key: "name", title: t("title"),
    cell: (token) => (
      <div className="account-cell">
        <span className="strong">{token.name}</span>
        <span className="mono quiet">{rights(token)}</span>
        <span className="quiet">{t("expires")} {until(token)}</span>
        <span className="quiet">{t("last_used")} {used(token)}</span>
      </div>
    ),
  }]
  const wide: Column<Token>[] = [
    { key: "name", title: t("title"), sort: (token) => token.name, cell: (token) => <span className="strong">{token.name}</span> },
    { key: "rights", title: t("rights"), cell: (token) => <span className="mono" title={rights(token)}>{rights(token)}</span> },
    { key: "by", title: t("made_by"), width: 140, cell: (token) => token.made_by },
    { key: "used", title: t("last_used"), width: 130, sort: (token) => token.last_used_at_ms ?? 0, cell: used },
    { key: "expires", title: t("expires"), width: 160, sort: (token) => token.expires_at_ms ?? Infinity, cell: (token) => <span className="num">{until(token)}</span> },
    { key: "created", title: t("created"), width: 160, sort: (token) => token.created_at_ms, cell: (token) => <span className="num quiet">{dateTime(token.created_at_ms)}</span> },
  ]
  return <DataTable<Token> label={label} rows={tokens} rowKey={(token) => token.id} empty={t("no_token")} minWidth={phone ? 0 : 940} columns={[...(phone ? narrow : wide), end]} />
}
