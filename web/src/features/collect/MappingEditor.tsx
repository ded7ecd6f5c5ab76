// What each column of a table is, beside the first rows.
import { Input } from "antd"
import { useTranslation } from "react-i18next"
import { FIELDS, MONEY, ROWS_OF, ZONES, zone, type Field, type Mapping, type Money, type RowsOf, type Table } from "./imports"

export function MappingEditor({ table, mapping, change }: { table: Table; mapping: Mapping; change: (mapping: Mapping) => void }) {
  const { t } = useTranslation("imports")
  const set = (at: number, field: Field) => change({ ...mapping, columns: mapping.columns.map((column, n) => (n === at ? { ...column, field } : column)) })
  const zones = ZONES.includes(mapping.utc_offset_min) ? ZONES : [...ZONES, mapping.utc_offset_min]
  return (
    <>
      <div className="imports-fields">
        <label>{t("rows_of")}
          <select className="plain-select" value={mapping.rows_of} onChange={(event) => change({ ...mapping, rows_of: event.target.value as RowsOf })}>
            {ROWS_OF.map((one) => <option key={one} value={one}>{t(`rows_${one}`)}</option>)}
          </select>
        </label>
        {mapping.rows_of === "custom" && (
          <label>{t("event")}
            <Input value={mapping.event ?? ""} maxLength={100} placeholder="TableRow" onChange={(event) => change(named(mapping, event.target.value))} />
          </label>
        )}
        <label>{t("zone")}
          <select className="plain-select" value={mapping.utc_offset_min} onChange={(event) => change({ ...mapping, utc_offset_min: Number(event.target.value) })}>
            {zones.map((one) => <option key={one} value={one}>UTC{zone(one)}</option>)}
          </select>
        </label>
        <label>{t("money")}
          <select className="plain-select" value={mapping.money} onChange={(event) => change({ ...mapping, money: event.target.value as Money })}>
            {MONEY.map((one) => <option key={one} value={one}>{t(`money_${one}`)}</option>)}
          </select>
        </label>
      </div>
      <div className="table-box imports-columns" tabIndex={0} role="region" aria-label={t("column")}>
        <table className="table">
          <thead><tr><th scope="col">{t("column")}</th><th scope="col">{t("meaning")}</th><th scope="col">{t("sample")}</th></tr></thead>
          <tbody>
            {mapping.columns.map((column, at) => (
              <tr key={`${at}:${column.header}`} className={column.field === "ignore" ? "imports-ignored" : ""}>
                <td className="strong">{column.header || `#${at + 1}`}</td>
                <td>
                  <select className="plain-select" aria-label={t("meaning_of", { header: column.header || String(at + 1) })} value={column.field} onChange={(event) => set(at, event.target.value as Field)}>
                    {FIELDS.map((field) => <option key={field} value={field}>{t(`field_${field}`)}</option>)}
                  </select>
                </td>
                <td className="imports-sample">{sample(table, at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

/** An empty name is none. */
function named({ event: _, ...mapping }: Mapping, event: string): Mapping {
  return event === "" ? mapping : { ...mapping, event }
}

function sample(table: Table, at: number): string {
  const some = table.rows.map((row) => row[at] ?? "").filter((text) => text !== "")
  return [...new Set(some)].slice(0, 3).join(" · ")
}
