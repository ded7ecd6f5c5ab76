// What would go, and what stays because it is held.
import { Alert } from "antd"
import { useTranslation } from "react-i18next"
import { DataTable } from "../../../ui/DataTable"
import { count, dateTime } from "../../../ui/format"
import { PHONE, useMedia } from "../../../ui/useMedia"
import { HOLDERS, type Holder, type Preview } from "./retention"

export function Going({ preview }: { preview: Preview }) {
  const { t } = useTranslation("retention")
  const phone = useMedia(PHONE)
  const rows = HOLDERS.filter((holder) => preview.going[holder] !== undefined)
  const something = rows.some((holder) => (preview.going[holder]?.count ?? 0) > 0)
  const dates = (holder: Holder) => {
    const { oldest_ms, newest_ms } = preview.going[holder] ?? { oldest_ms: null, newest_ms: null }
    return oldest_ms === null ? "—" : `${dateTime(oldest_ms)} – ${dateTime(newest_ms)}`
  }
  return (
    <section className="stack" aria-live="polite" data-testid="going">
      {something
        ? <Alert type="warning" showIcon title={t("preview_title", { at: dateTime(preview.before_ms) })} description={t("preview_undo")} />
        : <Alert type="info" showIcon title={t("preview_none")} />}
      <DataTable<Holder>
        label={t("preview")} rows={rows} rowKey={(holder) => holder} empty={t("preview_none")}
        columns={[
          {
            key: "holder", title: t("holder"),
            cell: (holder) => (
              <span className="retention-name">
                <span>{t(`holder_${holder}`)}</span>
                {(phone || preview.held[holder] !== undefined) && <span className="quiet num">{phone && dates(holder)}{preview.held[holder] !== undefined && ` ${t("held_back")} ${count(preview.held[holder])}`}</span>}
              </span>
            ),
          },
          { key: "amount", title: t("amount"), width: 90, align: "right", cell: (holder) => <span className="num strong">{count(preview.going[holder]?.count)}</span> },
          ...(phone ? [] : [{ key: "dates", title: `${t("oldest")} – ${t("newest")}`, width: 170, cell: (holder: Holder) => <span className="quiet num">{dates(holder)}</span> }]),
        ]}
      />
    </section>
  )
}
