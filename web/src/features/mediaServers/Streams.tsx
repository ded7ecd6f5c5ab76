// The streams that one outside server carries now.
import { Link } from "@tanstack/react-router"
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { DataTable } from "../../ui/DataTable"
import { count, DASH, dateTime } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { Failed } from "../../ui/States"
import { isReason, servers, TONES, type CarriedStream, type MediaServer } from "./servers"

export function Streams({ server }: { server: MediaServer }) {
  const { t } = useTranslation("mediaServers")
  const list = useQuery({ queryKey: ["media-servers", server.id, "streams"], queryFn: () => servers.streams(server.id), refetchInterval: 2_000 })
  const streams = list.data?.items ?? []
  if (streams.length === 0 && !list.error) return null
  return (
    <section>
      <h2 className="section-head">{t("streams_of", { name: server.name })}</h2>
      <div className="panel">
        {list.error ? <Failed error={list.error} retry={() => void list.refetch()} /> : <DataTable<CarriedStream>
          label={t("streams_of", { name: server.name })} rows={streams} rowKey={(stream) => `${stream.app}/${stream.name}/${stream.room_id}`} empty="" minWidth={760}
          columns={[
            { key: "name", title: t("stream"), cell: (stream) => <Link className="mono" to="/live" search={{ room: stream.room_id }}>{`${stream.app}/${stream.name}`}</Link> },
            { key: "state", title: t("state"), width: 120, cell: (stream) => <Pill tone={TONES[stream.state]}>{t(`state_${stream.state}`)}</Pill> },
            { key: "rate", title: t("bitrate"), width: 110, align: "right", cell: (stream) => <span className="num">{stream.state === "live" ? `${count(stream.bitrate_kbps)} kbps` : DASH}</span> },
            { key: "retries", title: t("retries"), width: 80, align: "right", cell: (stream) => <span className="num">{count(stream.reconnects)}</span> },
            { key: "since", title: t("published"), width: 150, cell: (stream) => <span className="num quiet">{dateTime(stream.published_at)}</span> },
            { key: "error", title: t("last_error"), width: 260, cell: (stream) => <LastError stream={stream} /> },
          ]}
        />}
      </div>
    </section>
  )
}

function LastError({ stream: { last_error: error } }: { stream: CarriedStream }) {
  const { t } = useTranslation("mediaServers")
  if (!error) return <span className="quiet">{DASH}</span>
  return <span title={error.text}>{isReason(error.code) ? t(`why_${error.code}`) : error.text}</span>
}
