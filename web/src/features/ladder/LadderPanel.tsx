// A room's bit-rate ladder 码率自适应: the switch, its rungs, what is made now, and why not when nothing is.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Checkbox, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Pill } from "../../ui/Pill"
import { Failed, Loading } from "../../ui/States"
import { ladderApi, type Ladder, type LadderChange, type Rung } from "./api"
import { about, choices, MOST_RUNGS, sameRungs, TONES, wordOf } from "./rungs"
import "./ladder.css"

export function LadderPanel({ room, manages }: { room: string; manages: boolean }) {
  const { t } = useTranslation("ladder")
  const ladder = useQuery({ queryKey: ["ladder", room], queryFn: () => ladderApi.read(room), refetchInterval: 2000 })
  const word = ladder.data && wordOf(ladder.data)
  return (
    <section className="panel" aria-label={t("ladder")} data-testid="ladder">
      <div className="panel-head">
        <h2>{t("ladder")}</h2>
        {word && <Pill tone={TONES[word]}>{t(word)}</Pill>}
      </div>
      {ladder.data ? (
        <div className="ladder">
          <Standing ladder={ladder.data} />
          <Form key={`${ladder.data.enabled} ${ladder.data.rungs.join()}`} room={room} ladder={ladder.data} manages={manages} />
        </div>
      ) : ladder.isPending ? <Loading rows={3} /> : <Failed error={ladder.error} retry={() => void ladder.refetch()} />}
    </section>
  )
}

function Standing({ ladder }: { ladder: Ladder }) {
  const { t } = useTranslation("ladder")
  const { capacity, in_use, behind_ms } = ladder
  const seconds = ((behind_ms ?? 0) / 1000).toFixed(1)
  return (
    <>
      <p className="quiet">{t(capacity === 0 && ladder.state === "no_capacity" ? "no_place_hint" : `${wordOf(ladder)}_hint`, { seconds, capacity: String(capacity ?? "") })}</p>
      {ladder.renditions.length > 0 && (
        <ul className="rungs">{ladder.renditions.map((rung) => <Line key={rung.lines} rung={rung} />)}</ul>
      )}
      {ladder.enabled && capacity != null && in_use != null && (
        <p className="quiet num" data-testid="ladder-load">{t("load", { in_use: String(in_use), capacity: String(capacity) })}</p>
      )}
    </>
  )
}

function Line({ rung }: { rung: Rung }) {
  const { t } = useTranslation("ladder")
  return (
    <li className="num" data-testid={`rung-${rung.lines}`}>
      <strong>{rung.lines}p</strong>
      <span className="quiet">{about(rung)}</span>
      <Pill tone={rung.playable ? "live" : "quiet"}>{t(rung.playable ? "playable" : "promised")}</Pill>
    </li>
  )
}

function Form({ room, ladder, manages }: { room: string; ladder: Ladder; manages: boolean }) {
  const { t } = useTranslation("ladder")
  const [enabled, setEnabled] = useState(ladder.enabled)
  const [rungs, setRungs] = useState(ladder.rungs)
  const save = useSave(room)
  const changed = enabled !== ladder.enabled || !sameRungs(rungs, ladder.rungs)
  const full = rungs.length >= MOST_RUNGS
  return (
    <>
      <label className="inline-switch"><Switch checked={enabled} disabled={!manages} onChange={setEnabled} aria-label={t("enabled")} /> {t("enabled")}</label>
      <fieldset className="rung-choice" disabled={!manages}>
        <legend>{t("rungs")}</legend>
        <Checkbox.Group
          value={rungs} onChange={setRungs}
          options={choices(ladder.rungs).map((lines) => ({ value: lines, label: `${lines}p`, disabled: !manages || (full && !rungs.includes(lines)) }))}
        />
        <p className="quiet">{t("rungs_hint", { most: String(MOST_RUNGS) })}</p>
      </fieldset>
      {manages && (
        <div className="ladder-foot">
          <Button type="primary" disabled={!changed || rungs.length === 0} loading={save.isPending} onClick={() => save.mutate({ enabled, rungs })}>{t("save")}</Button>
          {changed && <span className="quiet">{t("unsaved")}</span>}
        </div>
      )}
    </>
  )
}

function useSave(room: string) {
  const { t } = useTranslation("ladder")
  const { message } = App.useApp()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (change: LadderChange) => ladderApi.change(room, change),
    onSuccess: (fresh) => {
      queries.setQueryData(["ladder", room], fresh)
      void message.success(t("saved"))
    },
    onError: (error) => void message.error(error.message),
  })
}
