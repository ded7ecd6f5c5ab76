// The main menu: features in groups. On a phone a group opens when it is asked for, and closes when something was chosen.
import { Link } from "@tanstack/react-router"
import { useState, type KeyboardEvent } from "react"
import { useTranslation } from "react-i18next"
import type { Me } from "../api/types"
import { useLanguage } from "../ui/appearance"
import { PHONE, useMedia } from "../ui/useMedia"
import type { Feature } from "./feature"
import { groups } from "./features"
import { may } from "./session"

export function Menu({ me, here }: { me: Me; here: Feature | undefined }) {
  const { t } = useTranslation("shell")
  const language = useLanguage()
  const phone = useMedia(PHONE)
  const [open, setOpen] = useState<string | null>(null)
  const shown = groups.map((group) => ({ ...group, features: group.features.filter((one) => may(me, one.needs)) })).filter((group) => group.features.length > 0)
  const links = (features: Feature[]) => features.map((one) => (
    <Link key={one.path} to={one.path} className="side-link" activeProps={{ className: "side-link here", "aria-current": "page" }} onClick={() => setOpen(null)}>
      <one.icon size={17} /> <span>{one.title[language]}</span>
    </Link>
  ))
  if (!phone) {
    return (
      <nav aria-label={t("menu")}>
        {shown.map((group) => (
          <div key={group.key} className="side-group" role="group" aria-labelledby={`menu-${group.key}`}>
            <p id={`menu-${group.key}`} className="side-title">{group.title[language]}</p>
            {links(group.features)}
          </div>
        ))}
      </nav>
    )
  }
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || open === null) return
    document.getElementById(`menu-${open}`)?.focus()
    setOpen(null)
  }
  const chosen = shown.find((group) => group.key === open)
  return (
    <nav aria-label={t("menu")} onKeyDown={leave}>
      <div className="side-tabs">
        {shown.map((group) => (
          <button
            key={group.key} id={`menu-${group.key}`} type="button" aria-expanded={group.key === open} onClick={() => setOpen(group.key === open ? null : group.key)}
            className={here && group.features.includes(here) ? "side-link here" : "side-link"}
          >
            {group.title[language]}<span aria-hidden="true">{group.key === open ? "▴" : "▾"}</span>
          </button>
        ))}
      </div>
      {chosen && <div className="side-group" role="group" aria-labelledby={`menu-${chosen.key}`}>{links(chosen.features)}</div>}
    </nav>
  )
}
