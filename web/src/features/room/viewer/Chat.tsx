// The danmaku list and the composer. Own lines appear at once and tell what became of them.
import { lazy, Suspense, useRef, useState, useSyncExternalStore, type KeyboardEvent, type ReactNode } from "react"
import { useTranslation } from "react-i18next"
import { FlagIcon, HeartIcon, SendIcon } from "../../../ui/icons"
import type { Line, Sanction } from "../socket/client"
import { useClause, untilOf } from "./clauses"
import { useFollowing } from "./following"
import { launchHeart } from "./hearts"
import { Replays } from "./Replays"
import { Report } from "./Report"
import type { ViewerSession } from "./session"
import { TrackList } from "./TrackList"

const OwnSanctions = lazy(() => import("./Sanctions"))

// The server counts Unicode scalar values.
function characters(text: string): number {
  return Array.from(text).length
}

const KNOWN_REFUSALS = ["empty", "too_long", "too_fast", "bad_id", "bad_style", "no_room", "blocked", "chat_off", "muted", "banned", "rejected", "removed"] as const
/** Trying again may help. */
const PASSING: readonly unknown[] = ["too_fast", "chat_off", undefined]

export function Chat({ session, question }: { session: ViewerSession; question: ReactNode }) {
  const { t } = useTranslation("viewer")
  const view = useSyncExternalStore(session.view.on, () => session.view.state)
  const [tab, setTab] = useState<"chat" | "replays">("chat")
  const { mode, replays } = view
  const choice = replays.length > 0
  const shown = choice ? tab : "chat"
  return (
    <section className="chat" aria-label={t("chat")}>
      {question}
      {choice && (
        <div className="tabs" role="tablist">
          <button type="button" role="tab" aria-selected={shown === "chat"} onClick={() => setTab("chat")}>{t("chat")}</button>
          <button type="button" role="tab" aria-selected={shown === "replays"} onClick={() => setTab("replays")}>{t("replays")} <span className="num">{replays.length}</span></button>
        </div>
      )}
      {shown === "replays" ? <Replays view={view} />
        : mode === "live" ? <List session={session} />
        // Another recording, another list.
        : <TrackList key={`${mode}-${session.track ? view.started_at : "none"}`} session={session} started_at={view.started_at} />}
      {mode !== "replay" && <Composer session={session} />}
    </section>
  )
}

function List({ session }: { session: ViewerSession }) {
  const { t } = useTranslation("viewer")
  const { client } = session
  const lines = useSyncExternalStore(client.onLines, () => client.lines)
  const { list, following, onScroll, toNewest } = useFollowing(lines)

  return (
    <div className="lines-box">
      <ol
        ref={list} className="lines" tabIndex={0} aria-label={t("chat")} data-testid="chat" onScroll={onScroll}
      >
        {lines.length === 0 && <li className="nothing">{t("chat_empty")}</li>}
        {lines.map((line) => <ChatLine key={line.key} session={session} line={line} again={() => client.sayAgain(line.key)} chars={client.state.danmaku_chars} />)}
      </ol>
      {!following && (
        <button type="button" className="newer" onClick={toNewest}>{t("chat_newer")} ↓</button>
      )}
    </div>
  )
}

function ChatLine({ session, line, again, chars }: { session: ViewerSession; line: Line; again: () => void; chars: number }) {
  const { t } = useTranslation("viewer")
  const [reporting, setReporting] = useState(false)
  const refusal = KNOWN_REFUSALS.find((one) => one === line.refusal)
  const name = line.own ? t("me") : line.nick
  const why = useClause(line.clause)
  const end = untilOf(line.until)
  return (
    <li className={line.own ? "line own" : "line"} data-delivery={line.own ? line.delivery : undefined}>
      {name !== null && <span className="nick">{name}</span>}
      <span className="text">{line.text}</span>
      {!line.own && line.pos !== null && (
        <button type="button" className="plain flag" aria-label={t("report_this", { text: line.text })} aria-expanded={reporting} onClick={() => setReporting(!reporting)}><FlagIcon size={14} /></button>
      )}
      {reporting && line.pos !== null && <Report session={session} pos={line.pos} close={() => setReporting(false)} />}
      {line.own && line.delivery === "sending" && <span className="state">{t("sending")}…</span>}
      {line.own && line.delivery === "held" && <span className="state" role="status">{t("held")}</span>}
      {line.own && line.delivery === "refused" && (
        <span className="state bad" role="status">
          {refusal ? t(`refused_${refusal}`, { n: String(chars) }) : t("refused_other")}
          {why !== null && t("refused_why", { why })}
          {refusal === "muted" && end !== null && ` · ${t("muted_until", { until: end })}`}
          {PASSING.includes(refusal) && <button type="button" className="plain" onClick={again}>{t("again")}</button>}
        </span>
      )}
    </li>
  )
}

function Composer({ session }: { session: ViewerSession }) {
  const { t } = useTranslation("viewer")
  const { client } = session
  const state = useSyncExternalStore(client.onState, () => client.state)
  const [text, setText] = useState("")
  const heart = useRef<HTMLButtonElement>(null)
  const left = state.danmaku_chars - characters(text)
  const connected = state.phase === "open"
  const off = state.chat === "off"

  const send = () => {
    const said = text.trim()
    if (said === "" || left < 0 || off) return
    client.say(said)
    setText("")
  }
  const like = () => {
    client.like()
    if (heart.current) launchHeart(heart.current)
  }

  return (
    <div className="composer-box">
      {state.sanction && <Told session={session} sanction={state.sanction} close={() => client.dismissSanction()} />}
      {off && <p className="connection" role="status" data-testid="chat-off">{t("chat_off")}</p>}
      {state.chat === "before_review" && <p className="connection quiet" data-testid="before-review">{t("before_review")}</p>}
      {state.phase === "reconnecting" && <p className="connection" role="status">{t("offline")}…</p>}
      <form className="composer" onSubmit={(event) => { event.preventDefault(); send() }}>
        <input
          value={text} onChange={(event) => setText(event.target.value)} aria-label={t("say")} placeholder={off ? t("chat_off") : connected ? t("say") : t("say_off")} disabled={off}
          enterKeyHint="send" autoComplete="off" maxLength={1000} aria-invalid={left < 0}
          onKeyDown={(event: KeyboardEvent) => {
            // Enter also confirms a Chinese input method's candidate: that one must not send.
            if (event.key === "Enter" && event.nativeEvent.isComposing) event.preventDefault()
          }}
        />
        {left < 20 && <span className={left < 0 ? "left num over" : "left num"} aria-label={t("remaining", { n: String(left) })}>{left}</span>}
        <button type="submit" className="send" disabled={off || text.trim() === "" || left < 0} aria-label={t("send")}><SendIcon size={18} /></button>
        <button ref={heart} type="button" className="heart" aria-label={t("like")} onClick={like}><HeartIcon size={20} /></button>
      </form>
    </div>
  )
}

// What was decided about this viewer. It stays until it was read; a ban has a page of its own.
function Told({ session, sanction, close }: { session: ViewerSession; sanction: Sanction; close: () => void }) {
  const { t } = useTranslation("viewer")
  const { t: ui } = useTranslation("ui")
  const [open, setOpen] = useState(false)
  const why = useClause(sanction.clause)
  const end = untilOf(sanction.until)
  return (
    <div className="connection told" role="alert" data-testid="sanction" data-kind={sanction.kind}>
      <span>
        <b>{t(`sanction_${sanction.kind}`)}</b>
        {why !== null && <> {t("because", { why })}</>}
        {sanction.kind === "mute" && <> {end === null ? t("muted_for_good") : t("muted_until", { until: end })}</>}
      </span>
      <button type="button" className="plain" aria-expanded={open} onClick={() => setOpen(!open)}>{t("own_open")}</button>
      <button type="button" className="plain" onClick={close}>{ui("close")}</button>
      {open && <Suspense><OwnSanctions session={session} /></Suspense>}
    </div>
  )
}
