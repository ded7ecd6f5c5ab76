// The webhooks. On a phone everything stands below the name.
import { Button, Dropdown } from "antd"
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../ui/DataTable"
import { count, dateTime } from "../../ui/format"
import { DotsIcon, KeyIcon, TrashIcon } from "../../ui/icons"
import { Pill, type Tone } from "../../ui/Pill"
import { PHONE, useMedia } from "../../ui/useMedia"
import { stateOf, type Webhook } from "./webhooks"

export interface Offers {
  show: (webhook: Webhook) => void
  edit: (webhook: Webhook) => void
  test: (webhook: Webhook) => void
  enable: (webhook: Webhook, enabled: boolean) => void
  rotate: (webhook: Webhook) => void
  remove: (webhook: Webhook) => void
}

const TONES: Record<ReturnType<typeof stateOf>, Tone> = { on: "live", failing: "warn", off: "quiet", gone: "warn", given_up: "warn" }

export function WebhookTable({ webhooks, manages, offers }: { webhooks: Webhook[]; manages: boolean; offers: Offers }) {
  const { t } = useTranslation("feed")
  const phone = useMedia(PHONE)
  const events = (webhook: Webhook) => webhook.events.length === 0 ? t("all_events") : t("some_events", { n: count(webhook.events.length) })
  const narrow: Column<Webhook>[] = [
    {
      key: "name", title: t("name"),
      cell: (webhook) => (
        <div className="webhook">
          <span className="strong">{webhook.name}</span>
          <span className="mono cut">{webhook.url}</span>
          <span><State webhook={webhook} /> {events(webhook)}</span>
          <span className="num quiet">{t("waiting")} {count(webhook.waiting)} · {t("dead")} {count(webhook.dead)}</span>
        </div>
      ),
    },
  ]
  const wide: Column<Webhook>[] = [
    { key: "name", title: t("name"), sort: (webhook) => webhook.name, cell: (webhook) => <span className="strong">{webhook.name}</span> },
    { key: "url", title: t("url"), width: 280, cell: (webhook) => <span className="mono cut" title={webhook.url}>{webhook.url}</span> },
    { key: "events", title: t("events"), width: 110, cell: (webhook) => <span title={webhook.events.join(", ")}>{events(webhook)}</span> },
    { key: "reach", title: t("reach"), width: 100, cell: (webhook) => t(webhook.all_teams ? "reach_all" : "reach_team") },
    { key: "state", title: t("state"), width: 150, cell: (webhook) => <State webhook={webhook} /> },
    { key: "waiting", title: t("waiting"), width: 90, align: "right", sort: (webhook) => webhook.waiting, cell: (webhook) => <span className="num">{count(webhook.waiting)}</span> },
    { key: "dead", title: t("dead"), width: 100, align: "right", sort: (webhook) => webhook.dead, cell: (webhook) => <span className="num strong">{count(webhook.dead)}</span> },
    { key: "last", title: t("last_delivered"), width: 156, cell: (webhook) => <span className="num quiet">{dateTime(webhook.delivered_at_ms)}</span> },
  ]
  return (
    <DataTable<Webhook>
      label={t("webhooks")} rows={webhooks} rowKey={(webhook) => webhook.id} empty={t("empty")} minWidth={phone ? 0 : 1180}
      columns={[
        ...(phone ? narrow : wide),
        { key: "actions", title: t("actions"), width: 130, cell: (webhook) => <Actions webhook={webhook} manages={manages} offers={offers} /> },
      ]}
    />
  )
}

function State({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("feed")
  const state = stateOf(webhook)
  return <Pill tone={TONES[state]}>{t(`state_${state}`)}</Pill>
}

function Actions({ webhook, manages, offers }: { webhook: Webhook; manages: boolean; offers: Offers }) {
  const { t } = useTranslation("feed")
  return (
    <span className="row-actions">
      <Button size="small" type="link" aria-label={`${t("records")} ${webhook.name}`} onClick={() => offers.show(webhook)}>{t("records")}</Button>
      {manages && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "test", label: t("test"), onClick: () => offers.test(webhook) },
              { key: "edit", label: t("edit"), onClick: () => offers.edit(webhook) },
              { key: "enable", label: t(webhook.enabled ? "disable" : "enable"), onClick: () => offers.enable(webhook, !webhook.enabled) },
              { key: "rotate", label: t("rotate"), icon: <KeyIcon />, onClick: () => offers.rotate(webhook) },
              { type: "divider" },
              { key: "remove", label: t("remove"), icon: <TrashIcon />, danger: true, onClick: () => offers.remove(webhook) },
            ],
          }}
        >
          <Button className="more-actions" type="text" size="small" icon={<DotsIcon />} aria-label={`${t("more")} ${webhook.name}`} />
        </Dropdown>
      )}
    </span>
  )
}
