// What waits as a table, to decide about many at once.
import { Checkbox } from "antd"
import type { Dispatch } from "react"
import { useTranslation } from "react-i18next"
import { DataTable } from "../../ui/DataTable"
import { dateTime } from "../../ui/format"
import { Waits } from "./Card"
import type { Action } from "./desk"
import type { Item } from "./moderation"
import { hitsOf, Marked, Reasons } from "./Reasons"

interface Props {
  items: Item[]
  picked: number[]
  act: Dispatch<Action>
  decides: boolean
}

export function OpenTable({ items, picked, act, decides }: Props) {
  const { t } = useTranslation("moderation")
  const pick = (item: Item) => (
    <Checkbox checked={picked.includes(item.position)} onChange={() => act({ do: "pick", position: item.position })} aria-label={t("pick", { text: item.text })} />
  )
  return (
    <section className="panel">
      {decides && (
        <div className="panel-head">
          <Checkbox
            checked={picked.length === items.length} indeterminate={picked.length > 0 && picked.length < items.length}
            onChange={() => act({ do: "pick_all", positions: picked.length === items.length ? [] : items.map((item) => item.position) })}
          >{t("pick_all")}</Checkbox>
        </div>
      )}
      <DataTable<Item>
        label={t("waiting")} rows={items} rowKey={(item) => String(item.position)} empty={t("nothing")} minWidth={900}
        columns={[
          ...(decides ? [{ key: "pick", title: t("picked"), width: 70, cell: pick }] : []),
          { key: "text", title: t("text"), cell: (item) => <Marked text={item.text} hits={hitsOf(item, "text")} /> },
          { key: "why", title: t("why"), cell: (item) => <Reasons hits={hitsOf(item, "text").slice(0, 1)} score={item.score ?? null} /> },
          { key: "due", title: t("due"), width: 150, sort: (item) => item.due_at_ms, cell: (item) => <Waits item={item} /> },
          { key: "by", title: t("claimed_by"), width: 120, cell: (item) => item.claimed_by ?? "" },
          { key: "at", title: t("at"), width: 150, sort: (item) => item.at_ms, cell: (item) => <span className="num quiet">{dateTime(item.at_ms)}</span> },
        ]}
      />
    </section>
  )
}
