// The streams that one outside server carries now. On a phone everything stands below the name.
import { Link } from "@tanstack/react-router"
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../ui/DataTable"
import { count, DASH, dateTime } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { Failed } from "../../ui/States"
import { PHONE, useMedia } from "../../ui/useMedia"
import { isReason, servers, TONES, type CarriedStream, type MediaServer } from "./servers"

export function Streams({ server }: { server: MediaServer }) {
  const { t } = useTranslation("mediaServers")
  const list = useQuery({ queryKey: ["media-servers", server.id, "streams"], queryFn: () => servers.streams(server.id), refetchInterval: 2_000 })
  if (list.data ? list.data.items.length === 0 : !list.error) return null
  const title = t("streams_of", { name: server.name })
  return (
    <section>
      <h2 className="section-head">{title}</h2>
      <div className="panel">
        {list.data ? <StreamTable title={title} streams={list.data.items} /> : <Failed error={list.error} retry={() => void list.refetch()} />}
      </div>
    </section>
  )
}

function StreamTable({ title, streams }: { title: string; streams: CarriedStream[] }) {
  const { t } = useTranslation("mediaServers")
  const phone = useMedia(PHONE)
  const narrow: Column<CarriedStream>[] = [
    {
      key: "name", title: t("stream"),
      cell: (stream) => (
        <div className="media-server">
          <Name stream={stream} />
          <span><State stream={stream} /> <Rate stream={stream} /></span>
          {stream.last_error && <LastError stream={stream} />}
        </div>
      ),
    },
  ]
  const wide: Column<CarriedStream>[] = [
    { key: "name", title: t("stream"), cell: (stream) => <Name stream={stream} /> },
    { key: "state", title: t("state"), width: 130, cell: (stream) => <State stream={stream} /> },
    { key: "rate", title: t("bitrate"), width: 110, align: "right", cell: (stream) => <Rate stream={stream} /> },
    { key: "retries", title: t("retries"), width: 80, align: "right", cell: (stream) => <span className="num">{count(stream.reconnects)}</span> },
    { key: "since", title: t("published"), width: 150, cell: (stream) => <span className="num quiet">{dateTime(stream.published_at)}</span> },
    { key: "error", title: t("last_error"), width: 320, cell: (stream) => <LastError stream={stream} /> },
  ]
  return (
    <DataTable<CarriedStream>
      label={title} rows={streams} rowKey={(stream) => `${stream.app}/${stream.name}/${stream.room_id}`} empty="" minWidth={phone ? 0 : 1000}
      columns={phone ? narrow : wide}
    />
  )
}

function Name({ stream }: { stream: CarriedStream }) {
  return <Link className="mono" to="/live" search={{ room: stream.room_id }}>{`${stream.app}/${stream.name}`}</Link>
}

function State({ stream }: { stream: CarriedStream }) {
  const { t } = useTranslation("mediaServers")
  return <Pill tone={TONES[stream.state]}>{t(`state_${stream.state}`)}</Pill>
}

function Rate({ stream }: { stream: CarriedStream }) {
  return <span className="num">{stream.state === "live" ? `${count(stream.bitrate_kbps)} kbps` : DASH}</span>
}

function LastError({ stream: { last_error: error } }: { stream: CarriedStream }) {
  const { t } = useTranslation("mediaServers")
  if (!error) return <span className="quiet">{DASH}</span>
  return <span className="media-why" title={error.text}>{isReason(error.code) ? t(`why_${error.code}`) : error.text}</span>
}
