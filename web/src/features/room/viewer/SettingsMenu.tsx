// How danmaku are shown: the gear on the stage.
import { useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { GearIcon } from "../../../ui/icons"
import type { LayerSettings } from "./danmakuLayer"

const AREAS = [[0.25, "area_25"], [0.5, "area_50"], [0.75, "area_75"], [1, "area_100"]] as const

export function SettingsMenu({ settings, change }: { settings: LayerSettings; change: (part: Partial<LayerSettings>) => void }) {
  const { t } = useTranslation("viewer")
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open) return
    const close = (event: Event) => {
      if (event instanceof KeyboardEvent ? event.key === "Escape" : !box.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener("pointerdown", close)
    document.addEventListener("keydown", close)
    return () => {
      document.removeEventListener("pointerdown", close)
      document.removeEventListener("keydown", close)
    }
  }, [open])
  return (
    <div className="settings" ref={box}>
      <button type="button" aria-label={t("danmaku_settings")} aria-expanded={open} onClick={() => setOpen(!open)}><GearIcon size={20} /></button>
      {open && (
        <div className="settings-box" role="dialog" aria-label={t("danmaku_settings")}>
          <label>
            {t("opacity")} <output className="num">{Math.round(settings.opacity * 100)}%</output>
            <input type="range" min={20} max={100} step={10} value={settings.opacity * 100} onChange={(event) => change({ opacity: Number(event.target.value) / 100 })} />
          </label>
          <fieldset>
            <legend>{t("area")}</legend>
            {AREAS.map(([area, name]) => (
              <label key={area} className="choice">
                <input type="radio" name="area" checked={settings.area === area} onChange={() => change({ area })} />
                <span>{t(name)}</span>
              </label>
            ))}
          </fieldset>
        </div>
      )}
    </div>
  )
}
