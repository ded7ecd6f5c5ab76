// What is kept of the show, and for how long.
import { useTranslation } from "react-i18next"
import { clock, dateTime } from "../../ui/format"
import { bytes } from "./bytes"
import type { Recording } from "./types"

export function RecordingPanel({ recording, live }: { recording: Recording; live: boolean }) {
  const { t } = useTranslation("clips")
  const failing = recording.failing === "no_space" || recording.failing === "disk" ? recording.failing : null
  const kept = recording.keep_until != null ? dateTime(recording.keep_until) : t(live ? "keep_live" : "keep_always")
  return (
    <section className="panel recording" aria-label={t("recording")} data-testid="recording">
      <div className="panel-head"><h2>{t("recording")}</h2><span className={recording.state === "recording" ? "pill live" : "pill quiet"}>{t(`state_${recording.state}`)}</span></div>
      {failing && <p className="bad" role="alert">{t(`failing_${failing}`)}</p>}
      {recording.pieces.length > 0 && (
        <dl className="num">
          <dt>{t("length")}</dt><dd>{clock(recording.duration_ms)}</dd>
          <dt>{t("size")}</dt><dd>{bytes(recording.bytes)}</dd>
          <dt>{t("pieces")}</dt><dd>{recording.pieces.length}</dd>
          <dt>{t("keep_until")}</dt><dd>{kept}</dd>
        </dl>
      )}
    </section>
  )
}
