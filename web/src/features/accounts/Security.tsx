// Which roles need a second factor, and what each role may do.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { App, Switch } from "antd"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { DataTable } from "../../ui/DataTable"
import { PHONE, useMedia } from "../../ui/useMedia"
import { useAccountsRefusal } from "./refusal"
import { staff, type Role } from "./staff"

export function Security({ roles }: { roles: Role[] }) {
  const { t, i18n } = useTranslation("accounts")
  const { message } = App.useApp()
  const me = useMe()
  const phone = useMedia(PHONE)
  const refusal = useAccountsRefusal()
  const queries = useQueryClient()
  const set = useMutation({
    mutationFn: staff.setSecurity,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["roles"] }),
    onError: (error) => { void message.error(refusal(error)) },
  })
  const manages = me.data !== undefined && may(me.data, "security.manage") && !me.data.region && !me.data.team
  const needed = roles.filter((one) => one.second_factor).map((one) => one.name)
  const title = (role: Role) => (i18n.language === "en" ? role.en : role.zh)
  // A collector is a program, which has no phone.
  const people = roles.filter((one) => one.name !== "service")
  return (
    <div className="panel">
      <div className="panel-head"><h2>{t("roles")}</h2></div>
      <p className="quiet panel-text">{t("second_needed_hint")}</p>
      <DataTable<Role>
        label={t("roles")} rows={people} rowKey={(role) => role.name} empty="" minWidth={phone ? 0 : 800}
        columns={[
          { key: "role", title: t("role"), width: phone ? 130 : 180, cell: (role) => <span className="strong">{title(role)}</span> },
          {
            key: "second", title: t("second_needed"), width: phone ? 150 : 180,
            cell: (role) => (
              <Switch
                checked={role.second_factor} disabled={!manages || set.isPending} aria-label={`${t("second_needed")} ${title(role)}`}
                onChange={(on) => { set.mutate(on ? [...needed, role.name] : needed.filter((name) => name !== role.name)) }}
              />
            ),
          },
          ...(phone ? [] : [{ key: "may", title: t("permissions"), cell: (role: Role) => <span className="mono quiet permissions">{role.permissions.join("  ")}</span> }]),
        ]}
      />
    </div>
  )
}
