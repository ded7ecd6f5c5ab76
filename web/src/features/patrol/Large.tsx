// One running show, large: its last frames, what was noticed, what the host was told.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Button } from "antd"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { Problem } from "../../api/client"
import { may, useMe } from "../../shell/session"
import { clock, count, timeOfDay } from "../../ui/format"
import { Failed, Loading, Message } from "../../ui/States"
import { Interrupt, Warn } from "./Acts"
import { Picture } from "./Picture"
import { Words } from "./Words"
import { frameOf, patrol, pictureOf, type Finding } from "./patrol"
import { usePatrolRefusal } from "./words"

const KINDS: Partial<Record<string, "kind_hash" | "kind_model" | "kind_speech">> = { hash: "kind_hash", model: "kind_model", speech: "kind_speech" }

export function Large({ room, back }: { room: string; back: () => void }) {
  const { t } = useTranslation("patrol")
  const me = useMe()
  const queries = useQueryClient()
  const key = ["patrol", "room", room]
  const shown = useQuery({ queryKey: key, queryFn: () => patrol.room(room), refetchInterval: 2_000, retry: false })
  const [act, setAct] = useState<"warn" | "interrupt" | null>(null)
  const [frame, setFrame] = useState<number | null>(null)
  const mayAct = me.data !== undefined && may(me.data, "patrol.act")
  const over = shown.error instanceof Problem && shown.error.status === 404

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const inField = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [role=dialog]")
      if (act || inField || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === "Escape") back()
      else if (event.key.toLowerCase() === "w" && mayAct) setAct("warn")
      else if (event.key.toLowerCase() === "i" && mayAct) setAct("interrupt")
      else return
      event.preventDefault()
    }
    window.addEventListener("keydown", press)
    return () => window.removeEventListener("keydown", press)
  }, [act, back, mayAct])

  const home = <Button onClick={back}>{t("back")}</Button>
  if (over) return <div className="panel" data-testid="over"><Message title={t("over")} action={home} /></div>
  if (shown.isPending) return <Loading rows={8} />
  if (!shown.data) return <Failed error={shown.error} retry={() => void shown.refetch()} />
  const { tile, frames, findings, warnings, listens, words } = shown.data
  const looked = frames.find((one) => one.id === frame)?.id ?? tile.frame ?? null
  const again = () => void queries.invalidateQueries({ queryKey: key })
  const close = () => { setAct(null); again() }
  return (
    <div className="large" data-testid="large">
      <section className="panel large-picture" aria-label={t("newest")}>
        <div className="panel-head">
          <h2>{tile.title}</h2>
          <span className="num quiet">{t("viewers", { n: count(tile.viewers) })}</span>
          {tile.signs.map((sign) => <span key={sign} className="tile-sign">{t(`sign_${sign}`)}</span>)}
          <span className="spring" />
          {home}
        </div>
        <Picture src={looked === null ? null : frameOf(room, looked)} alt={t("newest")} />
        {mayAct && (
          <div className="large-acts">
            <Button onClick={() => setAct("warn")}>{t("warn")} <kbd aria-hidden="true">W</kbd></Button>
            <Button danger onClick={() => setAct("interrupt")}>{t("interrupt")} <kbd aria-hidden="true">I</kbd></Button>
          </div>
        )}
        <ol className="strip" aria-label={t("frames")}>
          {frames.map((one) => (
            <li key={one.id}>
              <button type="button" aria-label={timeOfDay(one.at_ms)} aria-pressed={one.id === looked} onClick={() => setFrame(one.id === frame ? null : one.id)}>
                <img src={frameOf(room, one.id)} alt="" loading="lazy" />
              </button>
            </li>
          ))}
        </ol>
      </section>
      <div className="stack">
        <section className="panel" aria-label={t("findings")} data-testid="findings">
          <div className="panel-head"><h2>{t("findings")}</h2></div>
          {findings.length === 0 ? <p className="quiet large-none">{t("no_findings")}</p> : (
            <ol className="found">{findings.map((one) => <Found key={one.id} finding={one} mayAct={mayAct} again={again} />)}</ol>
          )}
        </section>
        {(listens || words.length > 0) && <Words broadcast={tile.broadcast} last={words} />}
        <section className="panel" aria-label={t("warnings")} data-testid="warnings">
          <div className="panel-head"><h2>{t("warnings")}</h2></div>
          {warnings.length === 0 ? <p className="quiet large-none">{t("no_warnings")}</p> : (
            <ol className="found">
              {warnings.map((one) => (
                <li key={one.id}>
                  <p>{one.text}</p>
                  <p className="quiet"><time className="num">{timeOfDay(one.at_ms)}</time> {one.by} · {one.read_by == null ? t("not_read") : t("read_by", { who: one.read_by })}</p>
                </li>
              ))}
            </ol>
          )}
        </section>
      </div>
      {act === "warn" && <Warn tile={tile} close={close} />}
      {act === "interrupt" && <Interrupt tile={tile} close={close} />}
    </div>
  )
}

function Found({ finding, mayAct, again }: { finding: Finding; mayAct: boolean; again: () => void }) {
  const { t } = useTranslation("patrol")
  const refusal = usePatrolRefusal()
  // A sample has a name for people; a word and a model's label are their own.
  const name = finding.kind === "speech" ? finding.label : finding.name || finding.label
  const score = `${String(Math.round(finding.score_milli / 10))}%`
  const decide = useMutation({
    mutationFn: (as: "confirmed" | "dismissed" | "sample") => patrol.decide(finding.id, as === "sample"
      ? { outcome: "confirmed", sample: { name, category: finding.label, level: finding.level } } : { outcome: as }),
    onSettled: again,
  })
  return (
    <li data-state={finding.state}>
      <div className="found-what">
        {finding.picture && <img src={pictureOf(finding.id)} alt="" loading="lazy" />}
        <div>
          <p><span className={`found-level of-${finding.level}`}>{t(`level_${finding.level}`)}</span> <b>{name}</b></p>
          <p className="quiet num">
            {timeOfDay(finding.at_ms)} · {t(KINDS[finding.kind] ?? "kind_hash")}
            {finding.said ? ` · ${clock(finding.said.from_ms)}` : ` · ${t(finding.kind === "hash" ? "alike" : "sure", { n: score })}`} · {t("times", { n: count(finding.times) })}
          </p>
          {finding.said && finding.said.text !== "" && <p className="found-said">{finding.said.text}</p>}
          <p className="quiet">{t(`state_${finding.state}`)}{finding.decided_by != null && ` · ${finding.decided_by}`}</p>
        </div>
      </div>
      {decide.error && <Alert type="error" showIcon title={refusal(decide.error)} role="alert" />}
      {finding.state === "open" && mayAct && (
        <div className="found-acts">
          <Button size="small" loading={decide.isPending} onClick={() => decide.mutate("confirmed")}>{t("confirm")}</Button>
          {finding.kind === "hash" && <Button size="small" disabled={decide.isPending} onClick={() => decide.mutate("sample")}>{t("into_library")}</Button>}
          <Button size="small" disabled={decide.isPending} onClick={() => decide.mutate("dismissed")}>{t("dismiss")}</Button>
        </div>
      )}
    </li>
  )
}
