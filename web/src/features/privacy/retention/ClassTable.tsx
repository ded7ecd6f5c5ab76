// The classes with what holds and what the law asks for. On a phone everything stands below the name.
import { Button } from "antd"
import { useTranslation } from "react-i18next"
import { useLanguage } from "../../../ui/appearance"
import { DataTable, type Column } from "../../../ui/DataTable"
import { dateTime } from "../../../ui/format"
import { PHONE, useMedia } from "../../../ui/useMedia"
import type { Kept } from "./retention"

export function ClassTable({ classes, change }: { classes: Kept[]; change: (kept: Kept) => void }) {
  const { t } = useTranslation("retention")
  const language = useLanguage()
  const phone = useMedia(PHONE)
  const days = (one: Kept) => (
    <span>
      <span className="strong num">{one.days === null ? t("for_ever") : t(one.days === 1 ? "one_day" : "days", { n: String(one.days) })}</span>
      {one.changed_at_ms === null && <span className="quiet"> · {t("is_default")}</span>}
    </span>
  )
  const law = (one: Kept) => one.floor === null ? <span className="quiet">{t("no_floor")}</span> : (
    <span className="retention-law"><span className="num">{t("days", { n: String(one.floor.days) })}</span> <span className="quiet">{language === "en" ? one.floor.law_en : one.floor.law_zh}</span></span>
  )
  const name = (one: Kept) => (
    <span className="retention-name"><span className="strong">{t(`class_${one.class}`)}</span><span className="quiet">{t(`class_${one.class}_hint`)}</span></span>
  )
  const act = (one: Kept) => <Button size="small" onClick={() => change(one)} aria-label={t("change_of", { name: t(`class_${one.class}`) })}>{t("change")}</Button>
  const changed = (one: Kept) => one.changed_at_ms === null ? <span className="quiet">—</span> : <span className="quiet num">{dateTime(one.changed_at_ms)} · {one.changed_by}</span>
  const narrow: Column<Kept>[] = [
    {
      key: "class", title: t("class"),
      cell: (one) => (
        <div className="retention-one">
          {name(one)}
          <span>{t("kept")} {days(one)}</span>
          <span>{t("floor")} {law(one)}</span>
          {act(one)}
        </div>
      ),
    },
  ]
  const wide: Column<Kept>[] = [
    { key: "class", title: t("class"), cell: name },
    { key: "days", title: t("kept"), width: 150, cell: days },
    { key: "floor", title: t("floor"), cell: law },
    { key: "changed", title: t("changed"), width: 230, cell: changed },
    { key: "act", title: t("act"), width: 90, align: "right", cell: act },
  ]
  return <DataTable<Kept> label={t("classes")} rows={classes} rowKey={(one) => one.class} empty="" minWidth={phone ? 0 : 1000} columns={phone ? narrow : wide} />
}
