// Gives antd and the charts the colours of tokens.css, so that they are named once.
import { theme as antd, type ThemeConfig } from "antd"
import { useMemo } from "react"
import { useTheme, type Theme } from "./appearance"

const TOKENS = [
  "page", "surface", "raised", "sunken", "line", "line-strong", "ink", "ink-2", "ink-3", "accent", "accent-strong", "accent-soft", "on-accent",
  "live", "live-soft", "good", "bad", "warn", "warn-soft", "curve", "curve-2", "font",
] as const

export type Token = (typeof TOKENS)[number]
export type ReadToken = (name: Token) => string

/** Reads the tokens now in force; changes identity with the theme. */
export function useTokens(): ReadToken {
  const theme = useTheme()
  return useMemo(() => tokensOf(theme), [theme])
}

// The document's style follows the theme, so one reading serves as long as the theme stands.
function tokensOf(_theme: Theme): ReadToken {
  const style = getComputedStyle(document.documentElement)
  const values = new Map(TOKENS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]))
  return (name) => values.get(name) ?? ""
}

export function useAntdTheme(): ThemeConfig {
  const dark = useTheme() === "dark"
  const read = useTokens()
  return useMemo<ThemeConfig>(
    () => ({
      algorithm: dark ? antd.darkAlgorithm : antd.defaultAlgorithm,
      token: {
        colorPrimary: read("accent"),
        colorInfo: read("accent"),
        colorLink: read("accent"),
        // Their own paler shades are hard to read under the pointer.
        colorLinkHover: read("accent-strong"),
        colorLinkActive: read("accent-strong"),
        colorError: read("live"),
        colorSuccess: read("good"),
        colorWarning: read("warn"),
        colorWarningBg: read("warn-soft"),
        colorWarningBorder: read("warn-soft"),
        colorErrorBg: read("live-soft"),
        colorErrorBorder: read("live-soft"),
        colorTextLightSolid: read("on-accent"),
        colorBgLayout: read("page"),
        colorBgContainer: read("surface"),
        colorBgElevated: read("raised"),
        colorBorder: read("line-strong"),
        colorBorderSecondary: read("line"),
        colorSplit: read("line"),
        colorText: read("ink"),
        colorTextSecondary: read("ink-2"),
        colorTextTertiary: read("ink-3"),
        colorTextQuaternary: read("ink-3"),
        colorTextDescription: read("ink-3"),
        colorTextPlaceholder: read("ink-3"),
        colorTextHeading: read("ink"),
        fontFamily: read("font"),
        fontSize: 13,
        borderRadius: 6,
        // Dialogs and menus stand where they are from their first frame: a press during a movement lands beside the button.
        motion: false,
      },
      components: {
        Button: {
          primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", primaryColor: read("on-accent"),
          // A lighter shade under the pointer would be too pale to read.
          defaultHoverColor: read("accent"), defaultActiveColor: read("accent"),
          colorPrimaryHover: read("accent-strong"), colorPrimaryActive: read("accent-strong"),
        },
        Form: { itemMarginBottom: 16, verticalLabelPadding: "0 0 4px" },
        Tooltip: { colorBgSpotlight: dark ? "#343b47" : "#232a35", colorTextLightSolid: "#f2f4f7" },
      },
    }),
    [dark, read],
  )
}
