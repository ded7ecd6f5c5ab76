// A row of the ledger as it stands.
import { Modal } from "antd"
import { useTranslation } from "react-i18next"
import { dateTime } from "../../../ui/format"
import type { Row } from "./ledger"
import { kindOf } from "./Rows"

export function Details({ row, close }: { row: Row; close: () => void }) {
  const { t } = useTranslation("ledger")
  const facts: [string, string][] = [[t("at"), dateTime(row.at_ms)], [t("about"), row.about], [t("previous"), row.previous], [t("hash"), row.hash]]
  return (
    <Modal open title={`#${row.seq} ${kindOf(t, row)}`} onCancel={close} width={640} footer={null}>
      <dl className="ledger-facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd className="mono">{value}</dd></div>)}</dl>
      <h3>{t("facts")}</h3>
      <pre className="mono ledger-json" tabIndex={0}>{JSON.stringify(row.facts, null, 2)}</pre>
    </Modal>
  )
}
