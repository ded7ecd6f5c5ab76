// What is watched, how it is now, and which setting says how much is too much. Settings stand in the server's file: read only.
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { useLanguage } from "../../ui/appearance"
import { DataTable, type Column } from "../../ui/DataTable"
import { count } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { Failed, Loading } from "../../ui/States"
import { PHONE, useMedia } from "../../ui/useMedia"
import { KEY, system, type Limit } from "./system"
import { amount, limitOf, nameOf } from "./words"

export function LimitList() {
  const { t } = useTranslation("system")
  const phone = useMedia(PHONE)
  const language = useLanguage()
  const limits = useQuery({ queryKey: [...KEY, "limits"], queryFn: system.limits, refetchInterval: 10_000 })
  if (limits.isPending) return <Loading rows={8} />
  if (!limits.data) return <Failed error={limits.error} retry={() => void limits.refetch()} />
  const { raise_after_s, clear_after_s, items } = limits.data
  const limit = (one: Limit) => (one.limit === 0 ? null : limitOf(one, language))
  const value = (one: Limit) => (one.unit === "yes" ? null : amount(one.value, one.unit, language))
  const narrow: Column<Limit>[] = [{
    key: "watched", title: t("watched"),
    cell: (one) => (
      <div className="system-limit">
        <span className="system-limit-head"><span className="strong">{nameOf(t, one.kind)}</span><State limit={one} /></span>
        {(value(one) ?? limit(one)) !== null && <span className="num">{[value(one), limit(one)].filter(Boolean).join(" · ")}</span>}
        {one.key && <code className="quiet">{one.key}</code>}
      </div>
    ),
  }]
  const wide: Column<Limit>[] = [
    { key: "watched", title: t("watched"), cell: (one) => <span className="strong">{nameOf(t, one.kind)}</span> },
    { key: "state", title: t("state"), width: 170, cell: (one) => <State limit={one} /> },
    { key: "value", title: t("value"), width: 140, align: "right", cell: (one) => <span className="num">{value(one)}</span> },
    { key: "limit", title: t("limit"), width: 140, align: "right", cell: (one) => <span className="num">{limit(one)}</span> },
    { key: "key", title: t("key"), width: 320, cell: (one) => (one.key ? <code>{one.key}</code> : <span className="quiet">{t("no_key")}</span>) },
  ]
  return (
    <div className="panel">
      <p className="system-none quiet">{t("limits_intro", { raise: count(raise_after_s), clear: count(clear_after_s) })}</p>
      <DataTable<Limit> label={t("limits")} rows={items} rowKey={(one) => one.kind} empty={t("none")} minWidth={phone ? 0 : 900} columns={phone ? narrow : wide} />
    </div>
  )
}

function State({ limit }: { limit: Limit }) {
  const { t } = useTranslation("system")
  if (limit.stands) return <Pill tone="live">{t("ringing")}</Pill>
  if (limit.limit === 0) return <Pill tone="quiet">{t("off")}</Pill>
  if (limit.value === null || limit.value === undefined) return <Pill tone="quiet">{t("unknown")}</Pill>
  return <span className="quiet">{t("well")}</span>
}
