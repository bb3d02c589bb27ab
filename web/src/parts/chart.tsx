/// A drawing with its words: a text alternative, and the table it shows. ECharts comes when the first one is looked at.
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { EChartsCoreOption } from "echarts/core";
import { useWords } from "../words";
import { How, Waiting } from "./page";

export interface Palette {
  ink: string;
  muted: string;
  line: string;
  paper: string;
  teal: string;
  amber: string;
  red: string;
  blue: string;
  violet: string;
  held: string;
  narrow: boolean;
}

export function palette(width: number): Palette {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return { ink: of("ink"), muted: of("muted"), line: of("line"), paper: of("paper"), teal: of("teal"), amber: of("amber-chart"), red: of("red"), blue: of("blue"), violet: of("violet"), held: of("held"), narrow: width < 560 };
}

interface ChartProps {
  label: string;
  option: (colours: Palette) => EChartsCoreOption;
  /// Changes when the drawing should.
  of: unknown;
  height?: number;
  onPick?: (index: number) => void;
}

export function Chart({ label, option, of, height = 300, onPick }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState(false);
  const make = useRef(option);
  make.current = option;
  const pick = useRef(onPick);
  pick.current = onPick;
  useEffect(() => {
    let gone = false;
    let undo = () => {};
    void import("../gallery").then(({ init }) => {
      const element = box.current;
      if (gone || !element) return;
      const chart = init(element, undefined, { renderer: "canvas" });
      const draw = () => chart.setOption({ animation: false, aria: { enabled: false }, ...make.current(palette(element.clientWidth)) }, { notMerge: true });
      draw();
      setReady(true);
      chart.on("click", (event) => pick.current?.(event.dataIndex));
      let width = element.clientWidth;
      const size = new ResizeObserver(() => {
        if (element.clientWidth === width) return;
        width = element.clientWidth;
        chart.resize();
        draw();
      });
      size.observe(element);
      const theme = new MutationObserver(draw);
      theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
      undo = () => {
        size.disconnect();
        theme.disconnect();
        chart.dispose();
      };
    });
    return () => {
      gone = true;
      undo();
    };
  }, [of]);
  return (
    <div className="chart-frame">
      {!ready && <div className="chart-wait"><Waiting lines={3} /></div>}
      <div ref={box} role="img" aria-label={label} className={`chart chart-${height}`} style={{ height }} />
    </div>
  );
}

export function Figure({ title, note, how, table, children }: { title: ReactNode; note?: ReactNode; how?: { text: string; doc?: string }; table?: ReactNode; children: ReactNode }) {
  const { t } = useWords();
  return (
    <figure className="figure">
      <figcaption><h3>{title}{how && <How {...how} />}</h3>{note && <p className="note">{note}</p>}</figcaption>
      {children}
      {table && <details className="as-table"><summary>{t("chart_table")}</summary>{table}</details>}
    </figure>
  );
}

/// Axes every chart shares.
export const axis = (c: Palette) => ({
  axisLine: { lineStyle: { color: c.line } },
  axisTick: { show: false },
  axisLabel: { color: c.muted, fontSize: 12, hideOverlap: true },
  splitLine: { lineStyle: { color: c.line } },
  nameTextStyle: { color: c.muted, fontSize: 12 },
});
export const tooltip = (c: Palette) => ({ renderMode: "richText" as const, confine: true, backgroundColor: c.paper, borderColor: c.line, textStyle: { color: c.ink, fontSize: 12 } });
interface Drawing {
  coord: (at: [number, number]) => [number, number];
}
/// A band between two lines, drawn as one shape for each unbroken stretch. Without `x` the places of a category axis.
export function band(low: (number | null)[], high: (number | null)[], x: number[] | null, colour: string) {
  const stretches: number[][] = [];
  low.forEach((one, i) => {
    if (one === null || high[i] === null || high[i] === undefined) return;
    const last = stretches[stretches.length - 1];
    if (last && last[last.length - 1] === i - 1) last.push(i);
    else stretches.push([i]);
  });
  const place = (i: number) => x?.[i] ?? i;
  return {
    type: "custom" as const, silent: true, z: 1, tooltip: { show: false }, clip: true, data: stretches.map((_, i) => [place(stretches[i]![0]!), low[stretches[i]![0]!]]),
    renderItem: (item: { dataIndex: number }, api: Drawing) => {
      const stretch = stretches[item.dataIndex] ?? [];
      const points = [...stretch.map((i) => api.coord([place(i), high[i]!])), ...[...stretch].reverse().map((i) => api.coord([place(i), low[i]!]))];
      return { type: "polygon", shape: { points }, style: { fill: colour, opacity: 0.18 } };
    },
  };
}

/// Round ends of a value axis that hold all values and 0: stacked bands would mislead the axis' own choice.
export function range(values: (number | null | undefined)[]): { min: number; max: number; interval: number } {
  const known = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  const rough = (high - low || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const interval = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough;
  return { min: Math.floor(low / interval) * interval, max: Math.ceil(high / interval) * interval, interval };
}
