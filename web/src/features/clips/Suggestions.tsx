// Moments in which the audience was louder than usual, and by how much.
import { useTranslation } from "react-i18next"
import { clock, count } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import type { Highlight, Reason } from "./types"

interface Props {
  /** Undefined while they are not known. */
  highlights: readonly Highlight[] | undefined
  error: Error | null
  retry: () => void
  choose: (highlight: Highlight) => void
}

export function Suggestions({ highlights, error, retry, choose }: Props) {
  const { t } = useTranslation("clips")
  const best = [...(highlights ?? [])].sort((a, b) => b.score - a.score)
  return (
    <section className="panel suggestions" aria-label={t("highlights")} data-testid="suggestions">
      <div className="panel-head"><h2>{t("highlights")}</h2><span className="quiet num">{best.length > 0 ? best.length : ""}</span></div>
      {!highlights ? (error ? <Failed error={error} retry={retry} /> : <Loading rows={2} />) : best.length === 0 ? <p className="none quiet">{t("no_highlights")}</p> : (
        <ol>
          {best.map((one) => (
            <li key={`${one.at_ms}-${one.start_ms}`}>
              <button type="button" onClick={() => choose(one)}>
                <b className="num">{clock(one.at_ms)}</b>
                <span className="num quiet">{clock(one.end_ms - one.start_ms)}</span>
                <span className="reasons">{one.reasons.map((reason) => <Why key={reason.kind} reason={reason} />)}</span>
                <span className="use">{t("use")}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Why({ reason }: { reason: Reason }) {
  const { t } = useTranslation("clips")
  return <span className={`why ${reason.kind}`}>{t(`reason_${reason.kind}`, { value: count(reason.value), usual: count(reason.usual) })}</span>
}
