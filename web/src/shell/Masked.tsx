// Beside what is shown masked 已脱敏 to somebody who may not see people.
import { Tooltip } from "antd"
import { useTranslation } from "react-i18next"
import { Pill } from "../ui/Pill"
import { may, useMe } from "./session"

export function useMasked(): boolean {
  const me = useMe()
  return me.data !== undefined && !may(me.data, "personal.read")
}

export function Masked() {
  const { t } = useTranslation("shell")
  if (!useMasked()) return null
  return <Tooltip title={t("masked_hint")}><span tabIndex={0} data-testid="masked"><Pill tone="quiet">{t("masked")}</Pill></span></Tooltip>
}
