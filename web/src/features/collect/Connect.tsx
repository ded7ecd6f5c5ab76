// The lines that put address and write key into a client.
import { Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { CopyField } from "../../ui/CopyField"
import type { Kind } from "./collect"
import { snippets } from "./snippets"

const PLACEHOLDER = "WRITE_KEY"

export function Connect({ kind, writeKey }: { kind: Kind; writeKey?: string }) {
  const { t } = useTranslation("collect")
  const all = snippets(location.origin, writeKey ?? PLACEHOLDER)
  const [name, setName] = useState(() => all.find((one) => one.kinds.includes(kind))?.name)
  const shown = all.find((one) => one.name === name) ?? all[0]
  if (!shown) return null
  return (
    <div className="stack">
      <Select className="source-client" aria-label={t("client")} value={shown.name} options={all.map((one) => ({ value: one.name, label: one.name }))} onChange={setName} />
      {!writeKey && <p className="quiet">{t("connect_hint", { key: PLACEHOLDER })}</p>}
      <CopyField label={t("connect")} value={shown.code} lines />
    </div>
  )
}
