// Language and theme, one press each.
import { Button } from "antd"
import { useTranslation } from "react-i18next"
import { setLanguage, setTheme, useLanguage, useTheme } from "../ui/appearance"
import { MoonIcon, SunIcon } from "../ui/icons"

export function AppearanceButtons() {
  const { t } = useTranslation("ui")
  const theme = useTheme()
  const language = useLanguage()
  return (
    <>
      <Button type="text" aria-label={t("language_switch")} title={t("language_switch")} onClick={() => setLanguage(language === "en" ? "zh-CN" : "en")}>
        {t("language_name")}
      </Button>
      <Button
        type="text" aria-label={t("theme_switch")} title={t("theme_switch")} icon={theme === "dark" ? <SunIcon /> : <MoonIcon />}
        onClick={() => setTheme(theme === "dark" ? "light" : "dark")}
      />
    </>
  )
}
