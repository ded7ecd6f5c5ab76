// What a room's encoders send right now, source by source, second by second.
import { useQuery } from "@tanstack/react-query"
import { lazy, Suspense } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { IngestSource } from "../../api/types"
import { count, DASH } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { millis, sourceOf } from "./words"

const Chart = lazy(() => import("./IngestChart"))

// As the alarms have them by default.
const LEAST_FPS = 10
const MOST_SKEW_MS = 80
const MOST_SILENCE_MS = 3000

export function IngestTab({ room }: { room: string }) {
  const { t } = useTranslation("qoe")
  const ingest = useQuery({ queryKey: ["ingest", room], queryFn: () => api.ingest(room), refetchInterval: 2000, placeholderData: (old) => old })
  if (ingest.isPending) return <Loading rows={6} />
  if (!ingest.data) return <Failed error={ingest.error} retry={() => void ingest.refetch()} />
  if (ingest.data.sources.length === 0) return <Message title={t("no_source")} hint={t("no_source_hint")} />
  return (
    <div className="stack">
      {ingest.data.sources.map((source) => <SourcePanel key={source.source} source={source} />)}
    </div>
  )
}

function SourcePanel({ source }: { source: IngestSource }) {
  const { t } = useTranslation("qoe")
  const { current } = source
  const kinds = [!source.video && source.audio ? t("audio_only") : "", source.video && !source.audio ? t("video_only") : "", source.b_frames ? t("b_frames") : ""].filter(Boolean)
  const skew = current.skew_ms ?? null
  return (
    <section className="panel" aria-label={sourceOf(t, source.source)} data-testid={`source-${source.source}`}>
      <div className="panel-head">
        <h2>{sourceOf(t, source.source)}</h2>
        <Pill tone={source.connected ? (source.on_air ? "live" : "warn") : "quiet"}>{source.connected ? t(source.on_air ? "on_air" : "standing_by") : t("away")}</Pill>
        {kinds.map((kind) => <span key={kind} className="quiet">{kind}</span>)}
        <span className="spring" />
        <span className="quiet num">{t("last_minutes", { n: "5" })}</span>
      </div>
      <dl className="ingest-facts num">
        <Fact name={t("kbps")} value={`${count(current.video_kbps)} kbps`} />
        <Fact name={t("audio_kbps")} value={`${count(current.audio_kbps)} kbps`} />
        <Fact name={t("fps")} value={current.fps.toFixed(1)} bad={source.connected && source.video && current.fps < LEAST_FPS} />
        <Fact name={t("gop")} value={current.gop_ms == null ? DASH : `${(current.gop_ms / 1000).toFixed(1)} s`} />
        <Fact name={t("gap")} value={millis(source.connected ? Math.max(current.gap_ms, source.silent_ms) : null)} bad={source.connected && source.silent_ms >= MOST_SILENCE_MS} />
        <Fact name={t("skew")} value={skew === null ? DASH : `${skew > 0 ? "+" : ""}${skew} ms`} bad={Math.abs(skew ?? 0) > MOST_SKEW_MS} />
        <Fact name={t("jumps")} value={count(current.jumps)} />
      </dl>
      <div className="ingest-box" role="img" aria-label={`${t("kbps")}, ${t("fps")}, ${t("skew")}`}>
        <Suspense fallback={<Loading rows={4} />}><Chart series={source.series} /></Suspense>
      </div>
    </section>
  )
}

function Fact({ name, value, bad = false }: { name: string; value: string; bad?: boolean }) {
  return <div><dt>{name}</dt><dd className={bad ? "missed" : ""}>{value}</dd></div>
}
