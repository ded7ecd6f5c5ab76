// The console's surroundings: queries, theme, language, addresses.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate, Outlet, RouterProvider } from "@tanstack/react-router"
import { App, ConfigProvider } from "antd"
import enUS from "antd/locale/en_US"
import zhCN from "antd/locale/zh_CN"
import { useTranslation } from "react-i18next"
import { Problem } from "../api/client"
import { useLanguage } from "../ui/appearance"
import { Failed, Message } from "../ui/States"
import { useAntdTheme } from "../ui/theme"
import { features } from "./features"
import { OfflineBanner } from "./OfflineBanner"

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: "always",
      staleTime: 1000,
      retry: (failures, error) => error instanceof Problem && error.offline && failures < 3,
      retryDelay: (failures) => Math.min(1000 * 2 ** failures, 10_000),
    },
    mutations: { networkMode: "always" },
  },
})

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: ({ error, reset }) => <Failed error={error} retry={reset} /> })
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: lazyRouteComponent(() => import("../features/accounts/SignIn")) })
const password = createRoute({ getParentRoute: () => root, path: "/password", component: lazyRouteComponent(() => import("../features/accounts/Password")) })
const join = createRoute({ getParentRoute: () => root, path: "/join", component: lazyRouteComponent(() => import("../features/accounts/Join")) })
const sso = createRoute({ getParentRoute: () => root, path: "/sso", component: lazyRouteComponent(() => import("../features/sso/Return")) })
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: lazyRouteComponent(() => import("./Shell")) })
const home = createRoute({ getParentRoute: () => shell, path: "/", component: () => <Navigate to={features[0]?.path ?? "/sign-in"} replace /> })
const account = createRoute({ getParentRoute: () => shell, path: "/account", component: lazyRouteComponent(() => import("../features/accounts/AccountPage")) })
const pages = features.map((one) => createRoute({ getParentRoute: () => shell, path: one.path, component: lazyRouteComponent(one.page) }))

const router = createRouter({
  routeTree: root.addChildren([signIn, password, join, sso, shell.addChildren([home, account, ...pages])]),
  basepath: "/console",
  defaultPreload: "intent",
})

export function Console() {
  const theme = useAntdTheme()
  const language = useLanguage()
  return (
    <ConfigProvider theme={theme} locale={language === "en" ? enUS : zhCN} wave={{ disabled: true }} button={{ autoInsertSpace: false }}>
      <App>
        <QueryClientProvider client={queries}>
          <OfflineBanner />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  )
}

function NotFound() {
  const { t } = useTranslation("ui")
  return <Message title={t("not_found")} hint={t("not_found_hint")} action={<a href="/console">{t("back_home")}</a>} />
}
