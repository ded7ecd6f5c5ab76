// Menu on the left, who and how on top, the feature in the middle. Lets in only who is signed in.
import { Link, Navigate, Outlet, useRouterState } from "@tanstack/react-router"
import { Button, Dropdown } from "antd"
import { lazy, Suspense, useState } from "react"
import { useTranslation } from "react-i18next"
import { api, Problem } from "../api/client"
import type { Me } from "../api/types"
import { UserIcon } from "../ui/icons"
import { Failed, Loading, Message } from "../ui/States"
import { AppearanceButtons } from "./AppearanceButtons"
import { features } from "./features"
import { Menu } from "./Menu"
import { may, useForget, useMe } from "./session"

const Bell = lazy(() => import("../features/qoe/Bell"))
const SystemBadge = lazy(async () => ({ default: (await import("../features/system/Banner")).Badge }))
const SystemBanner = lazy(async () => ({ default: (await import("../features/system/Banner")).Banner }))

export default function Shell() {
  const me = useMe()
  if (me.isPending) return <div className="boot"><Loading /></div>
  if (me.error instanceof Problem && me.error.status === 401) return <ToSignIn />
  // A look that failed later changes nothing: what is open stays open, a key that is shown only once too.
  if (!me.data) {
    return <div className="boot"><Failed error={me.error} retry={() => void me.refetch()} /></div>
  }
  if (me.data.must_change_password) return <Navigate to="/password" replace />
  return <Frame me={me.data} />
}

// Where one wanted to go is noted once: the address changes while this is still shown.
function ToSignIn() {
  const [next] = useState(() => location.pathname + location.search)
  return <Navigate to="/sign-in" search={{ next }} replace />
}

function Frame({ me }: { me: Me }) {
  const { t } = useTranslation("shell")
  const { t: ui } = useTranslation("ui")
  const path = useRouterState({ select: (state) => state.location.pathname })
  const account = path.endsWith("/account")
  const here = features.find((one) => path.startsWith(one.path) || path.startsWith(`/console${one.path}`))
  if (me.must_enrol && !account) return <Navigate to="/account" replace />
  return (
    <div className="shell">
      <a className="skip" href="#main">{t("skip")}</a>
      <aside className="side">
        <Link to="/" className="brand"><img src="/icon.svg" alt="" width={24} height={24} /><span>Kaibo 开播</span></Link>
        <Menu me={me} here={here} />
      </aside>
      <header className="top">
        <span className="top-place">{[me.org?.name, me.region?.name, me.team?.name].filter(Boolean).join(" / ")}</span>
        <span className="spring" />
        {may(me, "system.read") && <Suspense><SystemBadge /></Suspense>}
        {may(me, "stream.read") && <Suspense><Bell /></Suspense>}
        <AppearanceButtons />
        <UserMenu me={me} />
      </header>
      <main id="main" className="main" tabIndex={-1}>
        {may(me, "system.read") && <Suspense><SystemBanner /></Suspense>}
        {here && !may(me, here.needs) ? <Message title={ui("forbidden")} hint={ui("forbidden_hint")} /> : <Suspense fallback={<Loading rows={8} />}><Outlet /></Suspense>}
      </main>
    </div>
  )
}

function UserMenu({ me }: { me: Me }) {
  const { t } = useTranslation("shell")
  const forget = useForget()
  const leave = async () => {
    await api.signOut().catch(() => undefined)
    forget()
    location.assign("/console/sign-in")
  }
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          { key: "who", label: <span className="quiet">{me.name} · {me.role}</span>, disabled: true },
          { type: "divider" },
          { key: "account", label: <Link to="/account">{t("account")}</Link> },
          { key: "password", label: <Link to="/password">{t("change_password")}</Link> },
          { key: "leave", label: t("sign_out"), onClick: () => void leave() },
        ],
      }}
    >
      <Button type="text" icon={<UserIcon />} aria-label={`${t("user_menu")} ${me.name}`}>{me.user?.name ?? me.name}</Button>
    </Dropdown>
  )
}
