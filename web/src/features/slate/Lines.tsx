// The room's lines: which one is on air, how the others stand, and switching by hand.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { App, Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { StreamSource } from "../../api/types"
import { Confirm } from "../../ui/Confirm"
import { Pill, type Tone } from "../../ui/Pill"
import { slateApi } from "./api"
import { useRefusal } from "./refusal"
import { about, standing, STANDING_TONES } from "./standing"
import type { Slate, Sources, Wanted } from "./types"

interface Props {
  room: string
  sources: Sources
  slate: Slate
  manages: boolean
}

interface Line {
  name: StreamSource
  word: string
  tone: Tone
  facts: string
}

export function Lines({ room, sources, slate, manages }: Props) {
  const { t } = useTranslation("slate")
  const [asking, setAsking] = useState(false)
  const choice = useChoice(room)
  const onAir = sources.on_air ?? null
  const lines: Line[] = sources.sources.map((one) => {
    const stands = standing(one, sources)
    return { name: one.source, word: t(stands), tone: STANDING_TONES[stands], facts: one.connected ? about(one) : "" }
  })
  const slateWord = onAir === "slate" ? "on_air" : slate.enabled ? "idle" : "off"
  lines.push({ name: "slate", word: t(slateWord), tone: onAir === "slate" ? "warn" : "quiet", facts: t(`kind_${slate.kind}`) })
  const choose = (to: Wanted) => (to === "slate" ? setAsking(true) : choice.mutate(to))

  return (
    <section className="panel" aria-label={t("lines")}>
      <div className="panel-head"><h2>{t("lines")}</h2></div>
      <ul className="lines">
        {lines.map((line) => (
          <li key={line.name} className={line.name === onAir ? "line here" : "line"} data-testid={`line-${line.name}`}>
            <div className="line-name"><strong>{t(line.name)}</strong><span className="quiet">{t(`${line.name}_hint`)}</span></div>
            <Pill tone={line.tone}>{line.word}</Pill>
            <span className="line-facts num quiet">{line.facts}</span>
            <LineAction line={line} sources={sources} manages={manages} busy={choice.isPending} choose={choose} />
          </li>
        ))}
      </ul>
      <Mode sources={sources} manages={manages} choose={choose} />
      {asking && (
        <Confirm title={t("slate_title")} hint={t("slate_ask")} ok={t("slate_ok")} close={() => setAsking(false)} act={async () => { await choice.mutateAsync("slate") }} />
      )}
    </section>
  )
}

interface ActionProps {
  line: Line
  sources: Sources
  manages: boolean
  busy: boolean
  choose: (to: Wanted) => void
}

function LineAction({ line, sources, manages, busy, choose }: ActionProps) {
  const { t } = useTranslation("slate")
  const source = sources.sources.find((one) => one.source === line.name)
  if (!manages || line.name === sources.on_air) return <span />
  if (sources.wanted === line.name && source?.flowing) return <span className="quiet">{t("switching")}</span>
  const can = sources.on_air != null && (source?.connected ?? true)
  return (
    <Button size="small" disabled={!can || busy} onClick={() => choose(line.name)} aria-label={t("switch_to", { name: t(line.name) })}>
      {t("switch_to", { name: t(line.name) })}
    </Button>
  )
}

function Mode({ sources, manages, choose }: { sources: Sources; manages: boolean; choose: (to: Wanted) => void }) {
  const { t } = useTranslation("slate")
  const { wanted } = sources
  if (sources.on_air == null) return <p className="lines-foot quiet">{t("nothing_on_air")}</p>
  const said = wanted === "auto" ? t("mode_auto") : wanted === "slate" ? t("mode_slate") : t("mode_hand", { name: t(wanted) })
  return (
    <div className="lines-foot">
      <span className={wanted === "auto" ? "quiet" : "by-hand"}>{said}</span>
      {manages && wanted !== "auto" && <Button size="small" type="primary" onClick={() => choose("auto")}>{t("back_to_auto")}</Button>}
    </div>
  )
}

function useChoice(room: string) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useRefusal()
  return useMutation({
    mutationFn: (to: Wanted) => slateApi.choose(room, to),
    onSuccess: (sources) => queries.setQueryData(["sources", room], sources),
    onError: (error) => void message.error(refusal(error)),
  })
}
