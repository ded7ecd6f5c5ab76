// Sources with what became of their events. On a phone the figures stand below the name.
import { Button, Dropdown } from "antd"
import { useTranslation } from "react-i18next"
import { Ago } from "../../ui/Ago"
import { DataTable, type Column } from "../../ui/DataTable"
import { count, dateTime } from "../../ui/format"
import { DotsIcon, TrashIcon } from "../../ui/icons"
import { Pill } from "../../ui/Pill"
import { PHONE, useMedia } from "../../ui/useMedia"
import type { Source } from "./collect"
import { stateOf } from "./standing"

interface Offers {
  manages: boolean
  busy: boolean
  open: (source: Source) => void
  turn: (source: Source) => void
  edit: (source: Source) => void
  rotate: (source: Source) => void
  remove: (source: Source) => void
}

export function SourceTable({ sources, ...offers }: Offers & { sources: Source[] }) {
  const { t } = useTranslation("collect")
  const phone = useMedia(PHONE)
  const seen = (source: Source) => (source.last_seen_at_ms === undefined ? <span className="quiet">{t("never")}</span> : <Ago at={source.last_seen_at_ms} />)
  const name = (source: Source) => <Button type="link" size="small" className="source-open" onClick={() => offers.open(source)}>{source.name}</Button>
  const state = (source: Source) => {
    const { tone, word } = stateOf(source)
    return (
      <span className="source-state">
        <Pill tone={tone}>{t(word)}</Pill>
        {source.old_key_until_ms !== undefined && <span className="quiet" title={t("two_keys_until", { time: dateTime(source.old_key_until_ms) })}>{t("two_keys")}</span>}
      </span>
    )
  }
  const figure = (value: number, notable = false) => <span className={notable && value > 0 ? "num strong" : "num"}>{count(value)}</span>
  const actions: Column<Source> = { key: "actions", title: t("actions"), width: phone ? 76 : 130, cell: (source) => <Actions source={source} offers={offers} phone={phone} /> }
  const narrow: Column<Source>[] = [{
    key: "name", title: t("name"),
    cell: (source) => (
      <div className="source-cell">
        {name(source)}
        <span className="quiet">{t(`kind_${source.kind}`)}</span>
        <span>{state(source)} {seen(source)}</span>
        <span className="quiet num">{t("accepted")} {count(source.accepted)} · {t("rejected")} {count(source.rejected)} · {t("limited")} {count(source.limited)}</span>
      </div>
    ),
  }]
  const wide: Column<Source>[] = [
    { key: "name", title: t("name"), sort: (source) => source.name, cell: name },
    { key: "kind", title: t("kind"), width: 170, sort: (source) => source.kind, cell: (source) => t(`kind_${source.kind}`) },
    { key: "state", title: t("state"), width: 170, cell: state },
    { key: "seen", title: t("last_seen"), width: 120, sort: (source) => source.last_seen_at_ms ?? 0, cell: seen },
    { key: "accepted", title: t("accepted"), width: 104, align: "right", sort: (source) => source.accepted, cell: (source) => figure(source.accepted) },
    { key: "duplicates", title: t("duplicates"), width: 100, align: "right", sort: (source) => source.duplicates, cell: (source) => figure(source.duplicates) },
    { key: "rejected", title: t("rejected"), width: 100, align: "right", sort: (source) => source.rejected, cell: (source) => figure(source.rejected, true) },
    { key: "limited", title: t("limited"), width: 100, align: "right", sort: (source) => source.limited, cell: (source) => figure(source.limited, true) },
    { key: "limit", title: t("limit"), width: 120, align: "right", sort: (source) => source.events_per_s, cell: (source) => <span className="num quiet">{t("per_s", { n: count(source.events_per_s) })}</span> },
  ]
  return <DataTable<Source> label={t("sources")} rows={sources} rowKey={(source) => source.id} empty={t("empty")} minWidth={phone ? 0 : 1180} columns={[...(phone ? narrow : wide), actions]} />
}

function Actions({ source, offers, phone }: { source: Source; offers: Offers; phone: boolean }) {
  const { t } = useTranslation("collect")
  return (
    <span className="row-actions">
      {!phone && <Button size="small" type="link" onClick={() => offers.open(source)} aria-label={`${t("open")} ${source.name}`}>{t("open")}</Button>}
      {offers.manages && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "edit", label: t("edit"), onClick: () => offers.edit(source) },
              { key: "rotate", label: t("rotate"), onClick: () => offers.rotate(source) },
              { key: "turn", label: t(source.enabled ? "pause" : "resume"), disabled: offers.busy, onClick: () => offers.turn(source) },
              { type: "divider" },
              { key: "remove", label: t("remove"), icon: <TrashIcon />, danger: true, onClick: () => offers.remove(source) },
            ],
          }}
        >
          <Button className="more-actions" type="text" size="small" icon={<DotsIcon />} aria-label={`${t("more")} ${source.name}`} />
        </Dropdown>
      )}
    </span>
  )
}
