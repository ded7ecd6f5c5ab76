// The targets of a room with what they do this moment. On a phone the figures stand below the name.
import { Button, Dropdown } from "antd"
import { useTranslation } from "react-i18next"
import { useNow } from "../../ui/Ago"
import { DataTable, type Column } from "../../ui/DataTable"
import { clock, count, DASH, timeOfDay } from "../../ui/format"
import { DotsIcon, StopIcon, TrashIcon } from "../../ui/icons"
import { Pill } from "../../ui/Pill"
import { PHONE, useMedia } from "../../ui/useMedia"
import { isReason, size, TONES, type Relay } from "./relays"

interface Offers {
  manages: boolean
  busy: boolean
  turn: (relay: Relay, on: boolean) => void
  edit: (relay: Relay) => void
  remove: (relay: Relay) => void
}

export function RelayTable({ relays, ...offers }: Offers & { relays: Relay[] }) {
  const { t } = useTranslation("relay")
  const phone = useMedia(PHONE)
  const actions: Column<Relay>[] = offers.manages
    ? [{ key: "actions", title: t("actions"), width: phone ? 118 : 150, cell: (relay) => <Actions relay={relay} offers={offers} /> }]
    : []
  const narrow: Column<Relay>[] = [
    {
      key: "name", title: t("target"),
      cell: (relay) => (
        <div className="relay-name">
          <Name relay={relay} />
          <span><Pill tone={TONES[relay.state]}>{t(relay.state)}</Pill> <Rate relay={relay} /></span>
          {relay.last_error && <LastError relay={relay} />}
        </div>
      ),
    },
  ]
  const wide: Column<Relay>[] = [
    { key: "name", title: t("target"), sort: (relay) => relay.name, cell: (relay) => <div className="relay-name"><Name relay={relay} /></div> },
    { key: "state", title: t("state"), width: 112, sort: (relay) => relay.state, cell: (relay) => <Pill tone={TONES[relay.state]}>{t(relay.state)}</Pill> },
    { key: "rate", title: t("bitrate"), width: 122, align: "right", sort: (relay) => relay.bitrate_kbps, cell: (relay) => <Rate relay={relay} /> },
    { key: "uptime", title: t("uptime"), width: 88, align: "right", cell: (relay) => <Uptime relay={relay} /> },
    { key: "sent", title: t("sent"), width: 92, align: "right", sort: (relay) => relay.sent_bytes, cell: (relay) => <span className="num">{size(relay.sent_bytes)}</span> },
    { key: "dropped", title: t("dropped"), width: 98, align: "right", sort: (relay) => relay.dropped_frames, cell: (relay) => <Notable value={relay.dropped_frames} /> },
    { key: "retries", title: t("retries"), width: 86, align: "right", sort: (relay) => relay.reconnects, cell: (relay) => <Notable value={relay.reconnects} /> },
    { key: "error", title: t("last_error"), width: 260, cell: (relay) => <LastError relay={relay} /> },
  ]
  return (
    <DataTable<Relay>
      label={t("relays")} rows={relays} rowKey={(relay) => relay.id} empty={t("empty")} minWidth={phone ? 0 : 1140}
      columns={[...(phone ? narrow : wide), ...actions]}
    />
  )
}

function Actions({ relay, offers: { busy, turn, edit, remove } }: { relay: Relay; offers: Offers }) {
  const { t } = useTranslation("relay")
  const troubled = relay.enabled && (relay.state === "waiting" || relay.state === "refused")
  const off = { key: "stop", label: t("stop"), icon: <StopIcon />, disabled: busy, onClick: () => turn(relay, false) }
  return (
    <span className="row-actions">
      {relay.enabled && !troubled
        ? <Button size="small" type="link" disabled={busy} onClick={() => turn(relay, false)}>{t("stop")}</Button>
        : <Button size="small" type="link" disabled={busy} onClick={() => turn(relay, true)}>{t(troubled ? "try_now" : "start")}</Button>}
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            ...(troubled ? [off] : []),
            { key: "edit", label: t("edit"), onClick: () => edit(relay) },
            { type: "divider" },
            { key: "remove", label: t("remove"), icon: <TrashIcon />, danger: true, onClick: () => remove(relay) },
          ],
        }}
      >
        <Button className="more-actions" type="text" size="small" icon={<DotsIcon />} aria-label={`${t("more")} ${relay.name}`} />
      </Dropdown>
    </span>
  )
}

function Name({ relay }: { relay: Relay }) {
  return (
    <>
      <span className="strong">{relay.name}</span>
      <span className="mono quiet" title={relay.url}>{relay.url}</span>
    </>
  )
}

function Notable({ value }: { value: number }) {
  return <span className={value > 0 ? "num strong" : "num quiet"}>{count(value)}</span>
}

function Rate({ relay }: { relay: Relay }) {
  if (relay.state !== "live") return <span className="quiet">{DASH}</span>
  return <span className="num strong">{count(relay.bitrate_kbps)} kbps</span>
}

function Uptime({ relay }: { relay: Relay }) {
  const now = useNow()
  if (relay.state !== "live" || relay.since === null) return <span className="quiet">{DASH}</span>
  return <span className="num">{clock(Math.max(0, now - relay.since))}</span>
}

function LastError({ relay }: { relay: Relay }) {
  const { t } = useTranslation("relay")
  const now = useNow()
  const { last_error: error, next_try_at: next } = relay
  if (!error) return <span className="quiet">{relay.state === "waiting" ? t("no_media") : DASH}</span>
  const words = isReason(error.code) ? t(`why_${error.code}`) : error.text
  return (
    <span className="relay-why" title={error.text}>
      {words}
      {next !== null && <span className="quiet num" title={timeOfDay(next)}> · {t("next_try", { s: String(Math.max(0, Math.ceil((next - now) / 1000))) })}</span>}
    </span>
  )
}
