// The viewer's page: picture with danmaku over it, chat beside it (below it on a phone).
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react"
import { useTranslation } from "react-i18next"
import { Problem } from "../../../api/client"
import { setLanguage, setTheme, useLanguage, useTheme } from "../../../ui/appearance"
import { dateTime, short } from "../../../ui/format"
import { HeartIcon, MoonIcon, SunIcon, UserIcon } from "../../../ui/icons"
import type { RoomState } from "../socket/client"
import { Chat } from "./Chat"
import { useClause, untilOf } from "./clauses"
import type { Replay } from "./recordings"
import { ViewerSession } from "./session"
import { Stage } from "./Stage"

const OwnSanctions = lazy(() => import("./Sanctions"))
const Others = lazy(() => import("./Others"))
const ConsentBar = lazy(() => import("../../audience/consent/Bar"))

type Opening = { at: "opening" } | { at: "open"; session: ViewerSession } | { at: "refused"; why: "no_room" | "private" }

export function RoomPage({ room, replay, moment }: { room: string; replay: string | null; moment: number | null }) {
  const { t } = useTranslation("viewer")
  const opening = useOpening(room, replay, moment)
  if (opening.at === "open") return <Room session={opening.session} />
  return (
    <main className="closed">
      {opening.at === "opening" ? (
        <p role="status">{t("loading")}…</p>
      ) : (
        <>
          <h1>{t(opening.why)}</h1>
          <p>{t(`${opening.why}_hint`)}</p>
          {opening.why === "private" && (
            <a className="button" href={`/console/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`}>{t("sign_in")}</a>
          )}
        </>
      )}
    </main>
  )
}

// A room that cannot be reached is tried again; one that refuses is not.
function useOpening(room: string, replay: string | null, moment: number | null): Opening {
  const [opening, setOpening] = useState<Opening>({ at: "opening" })
  useEffect(() => {
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const attempt = (pause_ms: number) => {
      ViewerSession.open(room, replay, moment).then(
        (session) => { if (!gone) setOpening({ at: "open", session }) },
        (error: unknown) => {
          if (gone) return
          const status = error instanceof Problem ? error.status : 0
          if (status === 404 || status === 400 || status === 422) setOpening({ at: "refused", why: "no_room" })
          else if (status === 401 || status === 403) setOpening({ at: "refused", why: "private" })
          else timer = setTimeout(() => attempt(Math.min(pause_ms * 2, 30_000)), pause_ms * (0.5 + Math.random()))
        },
      )
    }
    attempt(1000)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [room, replay, moment])
  return opening
}

function Room({ session }: { session: ViewerSession }) {
  const { client } = session
  const state = useSyncExternalStore(client.onState, () => client.state)
  const view = useSyncExternalStore(session.view.on, () => session.view.state)
  const replay = view.replay !== null && view.replay !== "missing" ? view.replay : null
  const { sanction } = state
  const title = view.mode === "replay" ? (replay?.title ?? "") : state.title
  useEffect(() => {
    if (title) document.title = `${title} · Kaibo 开播`
  }, [title])
  if (state.phase === "closed" && sanction?.kind === "ban") return <ShutOut session={session} clause={sanction.clause} until={sanction.until} />
  return (
    <main className="room">
      <div className="watch">
        <Stage session={session} />
        {view.mode === "replay" ? <AboutReplay title={title} replay={replay} session={session} /> : <About title={title} state={state} rewinding={view.mode === "rewind"} session={session} />}
        {view.mode === "live" && state.phase !== "connecting" && !state.live && <Suspense><Others room={session.room} /></Suspense>}
      </div>
      <Chat session={session} question={<Question session={session} />} />
    </main>
  )
}

function ShutOut({ session, clause, until }: { session: ViewerSession; clause: string | null; until: number | null }) {
  const { t } = useTranslation("viewer")
  const why = useClause(clause)
  const end = untilOf(until)
  return (
    <main className="closed">
      <h1>{t("banned")}</h1>
      {why !== null && <p role="status">{t("because", { why })}</p>}
      {end !== null && <p>{t("banned_until", { until: end })}</p>}
      <Suspense><OwnSanctions session={session} /></Suspense>
    </main>
  )
}

// Above what others say: neither the picture nor the composer is covered.
function Question({ session }: { session: ViewerSession }) {
  const language = useLanguage()
  const { known, open, again, failed } = useSyncExternalStore(session.consent.on, () => session.consent.state)
  const [busy, setBusy] = useState(false)
  if (!known || !open) return null
  const close = () => session.consent.change({ open: false, again: false, failed: false })
  return (
    <Suspense>
      <ConsentBar
        key={`${known.purposes.map((one) => one.version).join()}${again}`} consent={known} language={language} busy={busy} failed={failed} again={again} {...(again ? { close } : {})}
        answer={(answers) => {
          setBusy(true)
          void session.answer(answers).finally(() => setBusy(false))
        }}
      />
    </Suspense>
  )
}

function About({ title, state, rewinding, session }: { title: string; state: RoomState; rewinding: boolean; session: ViewerSession }) {
  const { t } = useTranslation("viewer")
  const language = useLanguage()
  return (
    <header className="about">
      <div className="about-title">
        <h1>{title || " "}</h1>
        <span className={state.live && !rewinding ? "pill live" : "pill"}>{t(!state.live ? "off_air" : rewinding ? "rewinding" : "live")}</span>
      </div>
      <div className="about-numbers num">
        <span title={t("online")}><UserIcon size={14} /> <b data-testid="online">{short(state.online, language)}</b> {t("online")}</span>
        <span title={t("likes")}><HeartIcon size={14} /> <b data-testid="likes">{short(state.likes, language)}</b> {t("likes")}</span>
        <Appearance session={session} />
      </div>
    </header>
  )
}

function AboutReplay({ title, replay, session }: { title: string; replay: Replay | null; session: ViewerSession }) {
  const { t } = useTranslation("viewer")
  return (
    <header className="about">
      <div className="about-title">
        <h1>{title || " "}</h1>
        <span className="pill">{t("replay")}</span>
      </div>
      <div className="about-numbers num">
        {replay && <span>{t("replay_of", { at: dateTime(replay.started_at) })}</span>}
        <a href={`/r/${encodeURIComponent(session.room)}`}>{t("to_room")}</a>
        <Appearance session={session} />
      </div>
    </header>
  )
}

function Appearance({ session }: { session: ViewerSession }) {
  const { t } = useTranslation("ui")
  const { t: viewer } = useTranslation("viewer")
  const { known } = useSyncExternalStore(session.consent.on, () => session.consent.state)
  const theme = useTheme()
  const language = useLanguage()
  return (
    <span className="appearance">
      {known !== null && known.purposes.length > 0 && (
        <button type="button" className="plain" onClick={() => session.consent.change({ open: true, again: true, failed: false })}>{viewer("privacy")}</button>
      )}
      <button type="button" className="plain" aria-label={t("language_switch")} onClick={() => setLanguage(language === "en" ? "zh-CN" : "en")}>
        {t("language_name")}
      </button>
      <button type="button" className="plain" aria-label={t("theme_switch")} onClick={() => setTheme(theme === "dark" ? "light" : "dark")}>
        {theme === "dark" ? <SunIcon size={15} /> : <MoonIcon size={15} />}
      </button>
    </span>
  )
}
