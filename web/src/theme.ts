/// Light, dark, or what the machine says; and antd's tokens in our colours.
import type { ThemeConfig } from "antd";
import { theme as antd } from "antd";
import { useEffect, useState } from "react";

export type Choice = "light" | "dark" | "system";
const asked = window.matchMedia("(prefers-color-scheme: dark)");

export function readChoice(): Choice {
  const kept = window.localStorage.getItem("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function useTheme(): { dark: boolean; choice: Choice; choose: (choice: Choice) => void } {
  const [choice, setChoice] = useState<Choice>(readChoice);
  const [machine, setMachine] = useState(asked.matches);
  useEffect(() => {
    const look = () => setMachine(asked.matches);
    asked.addEventListener("change", look);
    return () => asked.removeEventListener("change", look);
  }, []);
  const dark = choice === "dark" || (choice === "system" && machine);
  useEffect(() => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }, [dark]);
  const choose = (next: Choice) => {
    if (next === "system") window.localStorage.removeItem("theme");
    else window.localStorage.setItem("theme", next);
    setChoice(next);
  };
  return { dark, choice, choose };
}

const fonts = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';
const fontsTaiwan = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang TC","Microsoft JhengHei","Noto Sans CJK TC",sans-serif';

export function tokens(dark: boolean, language: string): ThemeConfig {
  return {
    algorithm: dark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    hashed: false,
    token: {
      colorPrimary: dark ? "#2FA391" : "#0F7B6C",
      colorInfo: dark ? "#7AA2EA" : "#2F5FB3",
      colorError: dark ? "#FFA49D" : "#B3261E",
      colorWarning: dark ? "#E9A23B" : "#C77700",
      colorSuccess: dark ? "#3FB6A3" : "#0F7B6C",
      colorTextBase: dark ? "#E8EAED" : "#1B1F24",
      colorBgBase: dark ? "#14171A" : "#FFFFFF",
      colorTextPlaceholder: dark ? "#98A1AB" : "#6B7480",
      colorTextLightSolid: dark ? "#0B1513" : "#FFFFFF",
      borderRadius: 4,
      fontSize: 14,
      fontFamily: language === "zh-TW" ? fontsTaiwan : fonts,
      motion: false,
    },
  };
}
