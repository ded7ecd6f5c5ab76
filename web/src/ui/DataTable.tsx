// A dense table with sorting. antd's own brings paging, trees and selection, a sixth of the first route's budget, for lists that need none.
import { useState, type ReactNode } from "react"

export interface Column<Row> {
  key: string
  title: string
  cell: (row: Row) => ReactNode
  /** Makes the column sortable. */
  sort?: (row: Row) => number | string
  align?: "left" | "right" | "center"
  /** Pixels; columns without it share the rest. */
  width?: number
}

interface Props<Row> {
  label: string
  rows: Row[]
  rowKey: (row: Row) => string
  columns: Column<Row>[]
  empty: string
  /** Below this width the table scrolls sideways. */
  minWidth?: number
}

interface Order {
  key: string
  down: boolean
}

export function DataTable<Row>({ label, rows, rowKey, columns, empty, minWidth = 0 }: Props<Row>) {
  const [order, setOrder] = useState<Order | null>(null)
  const sort = columns.find((column) => column.key === order?.key)?.sort
  const shown = sort ? [...rows].sort((a, b) => compare(sort(a), sort(b)) * (order?.down ? -1 : 1)) : rows
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={label}>
      <table className="table" style={{ minWidth }}>
        <colgroup>{columns.map((column) => <col key={column.key} style={column.width ? { width: column.width } : {}} />)}</colgroup>
        <thead>
          <tr>
            {columns.map((column) => {
              const mine = order?.key === column.key ? order : null
              return (
                <th key={column.key} scope="col" className={column.align} aria-sort={mine ? (mine.down ? "descending" : "ascending") : undefined}>
                  {column.sort ? (
                    <button type="button" onClick={() => setOrder(next(mine, column.key))}>
                      {column.title}<span aria-hidden="true" className="order">{mine ? (mine.down ? "↓" : "↑") : "↕"}</span>
                    </button>
                  ) : column.title}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={rowKey(row)}>{columns.map((column) => <td key={column.key} className={column.align}>{column.cell(row)}</td>)}</tr>
          ))}
          {shown.length === 0 && <tr><td colSpan={columns.length} className="center quiet">{empty}</td></tr>}
        </tbody>
      </table>
    </div>
  )
}

// Largest first, then smallest first, then as it came.
function next(now: Order | null, key: string): Order | null {
  if (!now) return { key, down: true }
  return now.down ? { key, down: false } : null
}

function compare(a: number | string, b: number | string): number {
  return typeof a === "string" || typeof b === "string" ? String(a).localeCompare(String(b)) : a - b
}
