// The targets of a room with what they do this moment.
import { Button } from "antd"
import { useTranslation } from "react-i18next"
import { useNow } from "../../ui/Ago"
import { DataTable } from "../../ui/DataTable"
import { clock, count, DASH, timeOfDay } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { isReason, size, TONES, type Relay } from "./relays"

interface Props {
  relays: Relay[]
  manages: boolean
  busy: boolean
  turn: (relay: Relay, on: boolean) => void
  edit: (relay: Relay) => void
  remove: (relay: Relay) => void
}

export function RelayTable({ relays, manages, busy, turn, edit, remove }: Props) {
  const { t } = useTranslation("relay")
  return (
    <DataTable<Relay>
      label={t("relays")} rows={relays} rowKey={(relay) => relay.id} empty={t("empty")} minWidth={1060}
      columns={[
        {
          key: "name", title: t("target"), sort: (relay) => relay.name,
          cell: (relay) => (
            <div className="relay-name">
              <span className="strong">{relay.name}</span>
              <span className="mono quiet" title={relay.url}>{relay.url}</span>
            </div>
          ),
        },
        { key: "state", title: t("state"), width: 118, sort: (relay) => relay.state, cell: (relay) => <Pill tone={TONES[relay.state]}>{t(relay.state)}</Pill> },
        { key: "rate", title: t("bitrate"), width: 104, align: "right", sort: (relay) => relay.bitrate_kbps, cell: (relay) => <Rate relay={relay} /> },
        { key: "uptime", title: t("uptime"), width: 92, align: "right", cell: (relay) => <Uptime relay={relay} /> },
        { key: "sent", title: t("sent"), width: 84, align: "right", sort: (relay) => relay.sent_bytes, cell: (relay) => <span className="num">{size(relay.sent_bytes)}</span> },
        { key: "dropped", title: t("dropped"), width: 76, align: "right", sort: (relay) => relay.dropped_frames, cell: (relay) => <span className={relay.dropped_frames > 0 ? "num strong" : "num quiet"}>{count(relay.dropped_frames)}</span> },
        { key: "retries", title: t("retries"), width: 76, align: "right", sort: (relay) => relay.reconnects, cell: (relay) => <span className={relay.reconnects > 0 ? "num strong" : "num quiet"}>{count(relay.reconnects)}</span> },
        { key: "error", title: t("last_error"), width: 230, cell: (relay) => <LastError relay={relay} /> },
        ...(manages
          ? [{
              key: "actions", title: t("actions"), width: 176,
              cell: (relay: Relay) => (
                <span className="row-actions">
                  {relay.enabled && relay.state !== "waiting" && relay.state !== "refused"
                    ? <Button size="small" type="link" disabled={busy} onClick={() => turn(relay, false)}>{t("stop")}</Button>
                    : <Button size="small" type="link" disabled={busy} onClick={() => turn(relay, true)}>{t(relay.enabled ? "try_now" : "start")}</Button>}
                  {relay.enabled && (relay.state === "waiting" || relay.state === "refused") &&
                    <Button size="small" type="link" disabled={busy} onClick={() => turn(relay, false)}>{t("stop")}</Button>}
                  <Button size="small" type="link" onClick={() => edit(relay)}>{t("edit")}</Button>
                  <Button size="small" type="link" danger onClick={() => remove(relay)}>{t("remove")}</Button>
                </span>
              ),
            }]
          : []),
      ]}
    />
  )
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
    <span title={error.text}>
      {words}
      {next !== null && <span className="quiet num" title={timeOfDay(next)}> · {t("next_try", { s: String(Math.max(0, Math.ceil((next - now) / 1000))) })}</span>}
    </span>
  )
}
