// The desk: one card at a time by keys, or all that waits as a table. A verdict can be taken back until it is sent.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Input, Segmented } from "antd"
import { useEffect, useEffectEvent, useReducer, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { useNow } from "../../ui/Ago"
import { count, dateTime } from "../../ui/format"
import { Failed, Loading, Message } from "../../ui/States"
import { Card } from "./Card"
import { Escalate } from "./Escalate"
import { EMPTY, keyed, keyOf, step, UNDO_MS, type Verdict } from "./desk"
import { moderation } from "./moderation"
import { OpenTable } from "./OpenTable"
import { useClauseName, useClauses } from "./Reasons"
import { useModerationRefusal } from "./refusal"

/** Cards that lie on one desk. */
const BATCH = 10

export function Desk() {
  const { t } = useTranslation("moderation")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useModerationRefusal()
  const me = useMe()
  const decides = me.data !== undefined && may(me.data, "moderation.review")
  const [asking, setAsking] = useState<number[] | null>(null)
  const [way, setWay] = useState<"cards" | "table">("cards")
  const table = way === "table" || !decides
  const [desk, act] = useReducer(step, EMPTY)
  const queue = useQuery({ queryKey: ["review-queue"], queryFn: moderation.queue, refetchInterval: 2_000 })
  const claimed = useQuery({
    queryKey: ["review-claimed"], queryFn: () => moderation.claim(BATCH), enabled: !table, gcTime: 0,
    // A full desk only keeps its claims alive.
    refetchInterval: ({ state }) => (state.data?.items.length ?? 0) < BATCH || desk.order.length < 3 ? 2_000 : 20_000,
  })
  const open = useQuery({ queryKey: ["review-open"], queryFn: () => moderation.items({ state: "open", limit: 100 }), enabled: table, refetchInterval: 2_000 })
  const clauses = useClauses()
  const rest = table ? null : claimed.data?.rest_until_ms
  const items = (table ? open.data : claimed.data)?.items
  useEffect(() => { if (items) act({ do: "brought", positions: items.map((item) => item.position) }) }, [items])

  const send = useEffectEvent(async (verdict: Verdict) => {
    const { id, positions, outcome, clause, note } = verdict
    try {
      const { taken } = await moderation.decide({ positions, outcome, ...(clause === null ? {} : { clause }), ...(note === "" ? {} : { note }) })
      if (taken.length > 0) void message.info(t("taken", { n: count(taken.length) }))
      act({ do: "sent", id })
      void queries.invalidateQueries({ queryKey: ["review-queue"] })
    } catch (error) {
      act({ do: "failed", id })
      void message.error(refusal(error))
      void queries.invalidateQueries({ queryKey: ["review-claimed"] })
    }
  })
  const begun = useRef(new Set<number>())
  const flush = useEffectEvent((now: number) => {
    for (const verdict of desk.outbox) {
      if (verdict.due > now || begun.current.has(verdict.id)) continue
      begun.current.add(verdict.id)
      void send(verdict)
    }
  })
  useEffect(() => {
    const timer = setInterval(() => flush(Date.now()), 200)
    // Whoever leaves has decided.
    return () => {
      clearInterval(timer)
      flush(Infinity)
    }
  }, [])
  const top = (queue.data?.tier ?? 1) > 2
  const ask = () => {
    const meant = desk.picked.length > 0 ? desk.picked : table || desk.current === null ? [] : [desk.current]
    if (meant.length > 0 && !top && !desk.help) setAsking(meant)
  }
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!decides || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || takesKeys(event)) return
    if (event.key.toLowerCase() === "e") {
      event.preventDefault()
      ask()
      return
    }
    const action = keyed(event.key, clauses.data ?? [], Date.now())
    if (!action || (action.do === "undo" && begun.current.has(desk.outbox.at(-1)?.id ?? -1))) return
    // No card is up beside a table: only what is picked there can be meant.
    if (table && (action.do === "move" || action.do === "pick" || action.do === "film" || ((action.do === "decide" || action.do === "note") && desk.picked.length === 0))) return
    event.preventDefault()
    act(action)
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event)
    addEventListener("keydown", listen)
    return () => removeEventListener("keydown", listen)
  }, [])

  const shown = items?.filter((item) => desk.order.includes(item.position)) ?? []
  const card = shown.find((item) => item.position === desk.current)
  const query = table ? open : claimed
  const decide = (outcome: "pass" | "reject", clause: string | null) => act({ do: "decide", outcome, clause, now: Date.now() })
  return (
    <div className="stack">
      <div className="desk-head">
        <span data-testid="open">{t("open")} <b className="num">{count(queue.data?.open)}</b></span>
        <span className={queue.data && queue.data.overdue > 0 ? "late" : "quiet"} data-testid="overdue">{t("overdue")} <b className="num">{count(queue.data?.overdue)}</b></span>
        {queue.data && (queue.data.escalated > 0 || queue.data.tier > 1) && <span data-testid="escalated">{t("escalated")} <b className="num">{count(queue.data.escalated)}</b></span>}
        <span data-testid="reviewers">{t("reviewers")} <b className="num">{count(queue.data?.reviewers)}</b></span>
        {queue.data && (
          <span className={queue.data.rooms_on_air > queue.data.rooms_of_one * Math.max(1, queue.data.reviewers) ? "late" : "quiet"} data-testid="rooms-on-air" title={t("ratio_hint", { n: count(queue.data.rooms_of_one) })}>
            {t("rooms_on_air")} <b className="num">{count(queue.data.rooms_on_air)}</b>{queue.data.reviewers > 0 && <> · {t("ratio", { n: count(Math.ceil(queue.data.rooms_on_air / queue.data.reviewers)) })}</>}
          </span>
        )}
        <span className="spring" />
        {decides && <Button size="small" onClick={() => act({ do: "help" })} aria-keyshortcuts="?">{t("keys")}</Button>}
        {decides && (
          <Segmented size="small" aria-label={t("way")} value={way} onChange={setWay} options={[{ value: "cards", label: t("cards") }, { value: "table", label: t("table") }]} />
        )}
      </div>
      <Outbox outbox={desk.outbox} undo={() => { if (!begun.current.has(desk.outbox.at(-1)?.id ?? -1)) act({ do: "undo" }) }} />
      {query.isPending ? <Loading rows={8} />
        : !query.data ? <Failed error={query.error} retry={() => void query.refetch()} />
          : rest != null && shown.length === 0 ? <div className="panel" data-testid="rest"><Message title={t("rest")} hint={t("rest_until", { at: dateTime(rest) })} /></div>
            : shown.length === 0 ? <div className="panel"><Message title={t("nothing")} hint={t("nothing_hint")} /></div>
            : table ? <OpenTable items={shown} picked={desk.picked} act={act} decides={decides} />
              : (
                <div className="review">
                  <ol className="desk-stack" aria-label={t("waiting")}>
                    {desk.order.map((position) => {
                      const item = shown.find((one) => one.position === position)
                      return item && (
                        <li key={position}>
                          <button type="button" aria-current={position === desk.current} onClick={() => act({ do: "open", position })}>
                            {desk.picked.includes(position) && <b aria-label={t("picked")}>✓</b>}<span>{item.text}</span>
                          </button>
                        </li>
                      )
                    })}
                  </ol>
                  {card && <Card item={card} picked={desk.picked.includes(card.position)} film={desk.film} filmed={() => act({ do: "film" })} />}
                </div>
              )}
      {decides && shown.length > 0 && (
        <div className="verdicts panel" role="group" aria-label={t("verdict")}>
          {desk.picked.length > 0 && <span className="strong" role="status">{t("picked_n", { n: count(desk.picked.length) })}</span>}
          <Button type="primary" disabled={table && desk.picked.length === 0} onClick={() => decide("pass", null)}>{t("pass")} <kbd>P</kbd></Button>
          <Button disabled={table && desk.picked.length === 0} aria-expanded={desk.note !== null} onClick={() => act({ do: "note", text: desk.note === null ? "" : null })}>{t("note")} <kbd>N</kbd></Button>
          {!top && <Button disabled={table && desk.picked.length === 0} onClick={ask}>{t("escalate")} <kbd>E</kbd></Button>}
          {clauses.data?.map((clause, at) => (
            <Button key={clause.code} danger disabled={table && desk.picked.length === 0} onClick={() => decide("reject", clause.code)} title={clause.source}>
              <Named code={clause.code} />{keyOf(at) !== null && <> <kbd>{keyOf(at)}</kbd></>}
            </Button>
          ))}
          {desk.note !== null && <Note text={desk.note} write={(text) => act({ do: "note", text })} />}
        </div>
      )}
      {asking && <Escalate positions={asking} first={desk.note ?? ""} close={() => setAsking(null)} />}
      {desk.help && <Help close={() => act({ do: "help", open: false })} />}
    </div>
  )
}

// Enter goes back to the keys of the desk, with what was written.
function Note({ text, write }: { text: string; write: (text: string | null) => void }) {
  const { t } = useTranslation("moderation")
  return (
    <Input className="note" autoFocus maxLength={500} value={text} aria-label={t("note_hint")} placeholder={t("note_hint")} onChange={(event) => write(event.target.value)}
      onPressEnter={(event) => { if (!event.nativeEvent.isComposing) event.currentTarget.blur() }} onKeyDown={(event) => { if (event.key === "Escape") write(null) }} />
  )
}

function Named({ code }: { code: string }) {
  return <>{useClauseName()(code)}</>
}

// A field keeps its keys, and a button that is focused keeps its own two.
function takesKeys(event: KeyboardEvent): boolean {
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest("input:not([type=checkbox]), textarea, select, [role=dialog], [role=combobox], [role=radiogroup]")) return true
  return event.key === " " && target.closest("button, a, input") !== null
}

function Outbox({ outbox, undo }: { outbox: Verdict[]; undo: () => void }) {
  const { t } = useTranslation("moderation")
  const named = useClauseName()
  const now = useNow()
  const last = outbox.at(-1)
  return (
    <div role="status" className="outbox" data-testid="outbox">
      {last && (
        <>
          <span>{last.outcome === "pass" ? t("will_pass", { n: count(last.positions.length) }) : t("will_reject", { n: count(last.positions.length), why: named(last.clause ?? "") })}</span>
          <Button size="small" onClick={undo}>{t("undo")} <kbd>U</kbd> <span className="num">{Math.max(1, Math.min(UNDO_MS / 1000, Math.ceil((last.due - now) / 1000)))}</span></Button>
        </>
      )}
    </div>
  )
}

const HELP = [["1 … 0 - = [", "help_reject"], ["P / Space", "help_pass"], ["U / Z", "help_undo"], ["J / ↓", "help_next"], ["K / ↑", "help_previous"], ["X", "help_pick"], ["V", "help_film"], ["N", "help_note"], ["E", "help_escalate"], ["?", "help_help"]] as const

function Help({ close }: { close: () => void }) {
  const { t } = useTranslation("moderation")
  const { t: ui } = useTranslation("ui")
  return (
    <section className="panel desk-help" aria-label={t("keys")}>
      <dl>{HELP.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{t(what)}</dd></div>)}</dl>
      <Button size="small" onClick={close}>{ui("close")}</Button>
    </section>
  )
}
