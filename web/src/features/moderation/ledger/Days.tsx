// Days of the ledger with their heads; today has none yet.
import { Button } from "antd"
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../../ui/DataTable"
import { count, dateTime, DASH } from "../../../ui/format"
import { PHONE, useMedia } from "../../../ui/useMedia"
import type { Head } from "./ledger"

interface Props {
  heads: Head[]
  today: string
  picked: string
  pick: (day: string) => void
}

type Day = Pick<Head, "day"> & { head?: Head }

export function Days({ heads, today, picked, pick }: Props) {
  const { t } = useTranslation("ledger")
  const phone = useMedia(PHONE)
  const days: Day[] = [{ day: today }, ...heads.map((head) => ({ day: head.day, head }))]
  const name = ({ day }: Day) => <Button type="link" size="small" className="num" aria-pressed={day === picked} onClick={() => pick(day)}>{day}</Button>
  const narrow: Column<Day>[] = [{
    key: "day", title: t("day"),
    cell: (day) => (
      <div className="ledger-day">
        <span>{name(day)} {day.head && <span className="num quiet">{count(day.head.rows)} · {day.head.first}–{day.head.last}</span>}</span>
        <span className="mono quiet">{day.head?.hash ?? t("today")}</span>
      </div>
    ),
  }]
  const wide: Column<Day>[] = [
    { key: "day", title: t("day"), width: 140, cell: name },
    { key: "rows", title: t("rows"), width: 80, align: "right", cell: ({ head }) => <span className="num">{count(head?.rows)}</span> },
    { key: "range", title: t("range"), width: 130, align: "right", cell: ({ head }) => <span className="num">{head ? `${head.first}–${head.last}` : DASH}</span> },
    { key: "head", title: t("head"), cell: ({ head }) => head ? <span className="mono ledger-hash">{head.hash}</span> : <span className="quiet">{t("today")}</span> },
    { key: "sealed", title: t("sealed"), width: 156, cell: ({ head }) => <span className="num quiet">{dateTime(head?.sealed_at_ms)}</span> },
  ]
  return <DataTable<Day> label={t("heads")} rows={days} rowKey={(day) => day.day} empty={t("heads_none")} minWidth={phone ? 0 : 1080} columns={phone ? narrow : wide} />
}
