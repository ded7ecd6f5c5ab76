// Where the encoders push to. The key is shown at creation and rotation only, so it is not here.
import { useTranslation } from "react-i18next"
import { CopyField } from "../../ui/CopyField"

export function PushAddresses({ port }: { port: number }) {
  const { t } = useTranslation("slate")
  const host = `rtmp://${location.hostname}:${port}`
  return (
    <section className="panel" aria-label={t("push")}>
      <div className="panel-head"><h2>{t("push")}</h2></div>
      <div className="push stack">
        <div className="push-pair">
          <CopyField label={t("push_primary")} value={`${host}/live`} />
          <CopyField label={t("push_backup")} value={`${host}/backup`} />
        </div>
        <p className="quiet">{t("push_key")} {t("push_other")} <code className="mono">{`${host}/live/${t("key_placeholder")}?backup=1`}</code></p>
        <h3>{t("obs")}</h3>
        <ol className="steps">
          <li>{t("obs_1")}</li>
          <li>{t("obs_2")}</li>
          <li>{t("obs_3")}</li>
          <li>{t("obs_4")}</li>
        </ol>
      </div>
    </section>
  )
}
