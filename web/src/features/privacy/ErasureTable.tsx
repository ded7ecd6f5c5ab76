// The erasures. On a phone everything stands below the viewer.
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../ui/DataTable"
import { count, dateTime } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { Message } from "../../ui/States"
import { PHONE, useMedia } from "../../ui/useMedia"
import type { Erasure } from "./privacy"

export function ErasureTable({ erasures }: { erasures: Erasure[] }) {
  const { t } = useTranslation("privacy")
  const phone = useMedia(PHONE)
  if (erasures.length === 0) return <Message title={t("empty")} hint={t("empty_hint")} />
  const state = (one: Erasure) => <Pill tone={one.state === "done" ? "live" : "warn"}>{t(`state_${one.state}`)}</Pill>
  const by = (one: Erasure) => one.asked_by === "" ? t("replayed") : one.asked_by
  const held = (one: Erasure, holder: string) => count(one.erased[holder] ?? (one.state === "done" ? 0 : null))
  const narrow: Column<Erasure>[] = [
    {
      key: "viewer", title: t("viewer"),
      cell: (one) => (
        <div className="erasure">
          <span className="mono cut">{one.viewer}</span>
          <span>{state(one)} <span className="num quiet">{dateTime(one.asked_at_ms)}</span></span>
          <span className="num quiet">{t("danmaku")} {held(one, "danmaku")} · {t("quarantine")} {held(one, "quarantine")} · {by(one)}</span>
        </div>
      ),
    },
  ]
  const wide: Column<Erasure>[] = [
    { key: "viewer", title: t("viewer"), cell: (one) => <span className="mono cut" title={one.viewer}>{one.viewer}</span> },
    { key: "state", title: t("state"), width: 110, cell: state },
    { key: "danmaku", title: t("danmaku"), width: 90, align: "right", cell: (one) => <span className="num">{held(one, "danmaku")}</span> },
    { key: "quarantine", title: t("quarantine"), width: 110, align: "right", cell: (one) => <span className="num">{held(one, "quarantine")}</span> },
    { key: "keys", title: t("keys"), width: 80, align: "right", cell: (one) => <span className="num">{count(one.keys_destroyed)}</span> },
    { key: "by", title: t("asked_by"), width: 150, cell: (one) => <span className="cut" title={by(one)}>{by(one)}</span> },
    { key: "asked", title: t("asked_at"), width: 170, cell: (one) => <span className="num quiet">{dateTime(one.asked_at_ms)}</span> },
    { key: "done", title: t("done_at"), width: 170, cell: (one) => <span className="num quiet">{dateTime(one.done_at_ms)}</span> },
  ]
  return (
    <DataTable<Erasure> label={t("erasures")} rows={erasures} rowKey={(one) => one.id} empty={t("empty")} minWidth={phone ? 0 : 1100} columns={phone ? narrow : wide} />
  )
}
