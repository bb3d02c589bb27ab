#include "report/page.h"

namespace report {

std::string_view style() {
  // Sizes 12, 14, 16, 20, 28 on a grid of 4 pixels. Colours are named once; the dark theme only renames them.
  return R"css(:root{--ink:#1B1F24;--muted:#5F6873;--line:#E3E7EC;--paper:#FFFFFF;--teal:#0F7B6C;--amber:#C77700;--red:#B3261E;
--blue:#2F5FB3;--violet:#6C4FB3;--held:#9AA3AD;--grey:#AEB6BF;--wash:#F6F7F9;
--s0:#A9C1EA;--s1:#6F94D6;--s2:#2F5FB3;--s3:#E5A33D;--s4:#C77700;--s5:#D9736B;--s6:#B3261E;--s7:#9AA3AD}
@media screen and (prefers-color-scheme:dark){:root{--ink:#E8EAED;--muted:#A3ABB5;--line:#30363D;--paper:#14171A;--teal:#3FB6A3;
--amber:#E9A23B;--red:#EF7A72;--blue:#7AA2EA;--violet:#A78BEA;--held:#7C858F;--grey:#59626C;--wash:#1B2025;
--s0:#B9CDF2;--s1:#8FB0EC;--s2:#6790DE;--s3:#F0BE6E;--s4:#E0962B;--s5:#F2A09A;--s6:#E8635A;--s7:#7C858F}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0 auto;padding:32px 40px 64px;max-width:1160px;background:var(--paper);color:var(--ink);
font:14px/22px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
font-variant-numeric:tabular-nums;overflow-wrap:break-word}
:lang(zh-TW) body,body:lang(zh-TW){font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang TC","Microsoft JhengHei","Noto Sans CJK TC",sans-serif}
h1,header>figure,.figures,.rests{max-width:800px}
h1{font-size:28px;line-height:36px;margin:4px 0 12px;text-wrap:balance}
h2{font-size:20px;line-height:28px;margin:0 0 12px;text-wrap:balance}
h3{font-size:14px;line-height:22px;margin:28px 0 8px}
h4{font-size:14px;line-height:22px;margin:0 0 4px;overflow-wrap:anywhere}
p{margin:0 0 12px;max-width:68ch}
a{color:inherit}
.kicker,.note{color:var(--muted);font-size:12px;line-height:18px}
.kicker{max-width:none;margin:0;border-top:4px solid var(--ink);padding-top:12px}
.deck{font-size:16px;line-height:24px}
.assumed{font-size:12px;font-weight:400;color:var(--muted);text-decoration:none;border-bottom:1px dotted var(--muted);white-space:nowrap;letter-spacing:0}
.figures{display:grid;grid-template-columns:repeat(5,auto);gap:4px 24px;margin:4px 0 20px;padding:12px 0;border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
.figures div{display:flex;flex-direction:column}
.figures dd{margin:0;font-size:20px;line-height:28px;font-weight:600;white-space:nowrap}
.figures dt{font-size:12px;line-height:16px;color:var(--muted)}
.rests{margin:0;font-size:12px;line-height:20px;color:var(--muted);display:flex;flex-wrap:wrap;gap:0 20px}
.rests .lead{color:var(--ink);font-weight:600}
.rests dt,.rests dd{display:inline;margin:0}
.rests dd{color:var(--ink)}
nav{display:flex;flex-wrap:wrap;gap:4px 20px;margin:24px 0 0;padding:12px 0;border-top:1px solid var(--ink);font-size:12px;line-height:20px}
nav a{text-decoration:none;border-bottom:1px solid var(--line)}
section{display:grid;grid-template-columns:200px minmax(0,1fr);gap:0 40px;padding:32px 0;border-top:1px solid var(--line)}
nav+main section:first-child{border-top:1px solid var(--ink)}
h1:lang(zh),h2:lang(zh){text-wrap:wrap}
.question{font-weight:600;color:var(--muted);margin:3px 0 8px}
figure{margin:8px 0 20px}
figure svg,article svg{display:block;max-width:100%;height:auto;overflow:visible}
td svg{display:block;overflow:visible}
.narrow{display:none}
.narrow svg{width:100%}
svg text{font-size:12px;fill:var(--ink)}
svg .small{font-size:11px}
svg .m{fill:var(--muted)}svg .b{font-weight:600}svg .e{text-anchor:end}svg .c{text-anchor:middle}
svg .halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.t-teal.t-teal{fill:var(--teal)}.t-red.t-red{fill:var(--red)}.t-blue.t-blue{fill:var(--blue)}
.f-ink{fill:var(--ink)}.f-muted{fill:var(--grey)}.f-line{fill:var(--line)}.f-paper{fill:var(--paper)}.f-teal{fill:var(--teal)}.f-amber{fill:var(--amber)}
.f-red{fill:var(--red)}.f-blue{fill:var(--blue)}.f-violet{fill:var(--violet)}.f-held{fill:var(--held)}
.f-band{fill:var(--teal);fill-opacity:.16}.f-band-blue{fill:var(--blue);fill-opacity:.2}
.f-s0{fill:var(--s0)}.f-s1{fill:var(--s1)}.f-s2{fill:var(--s2)}.f-s3{fill:var(--s3)}.f-s4{fill:var(--s4)}.f-s5{fill:var(--s5)}.f-s6{fill:var(--s6)}.f-s7{fill:var(--s7)}
svg line,svg polyline{fill:none;stroke-width:1}
.s-ink{stroke:var(--ink)}.s-muted{stroke:var(--held)}.s-line{stroke:var(--line)}.s-teal{stroke:var(--teal)}.s-red{stroke:var(--red)}.s-blue{stroke:var(--blue)}.s-amber{stroke:var(--amber)}
svg .w2{stroke-width:2}svg .w4{stroke-width:4}.dash{stroke-dasharray:4 4}
table{border-collapse:collapse;width:100%;margin:4px 0 16px;line-height:20px}
th{font-size:12px;font-weight:600;color:var(--muted);text-align:left;vertical-align:bottom;padding:4px 12px 6px 0;border-bottom:1px solid var(--ink);position:sticky;top:0;background:var(--paper)}
td{padding:5px 12px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
th:last-child,td:last-child{padding-right:0}
.n{text-align:right}
td.n{white-space:nowrap}
.total td{font-weight:600;border-bottom:0}
.cards td{font-size:12px}
@media screen and (min-width:761px){#money td,#offers td{font-size:14px}}
.compact td:first-child{overflow-wrap:anywhere}
code{font:12px/18px ui-monospace,Menlo,Consolas,monospace}
pre{margin:4px 0 12px;padding:8px 12px;background:var(--wash);overflow-wrap:anywhere;white-space:pre-wrap}
details summary{cursor:pointer;color:var(--muted);font-size:12px;margin:4px 0}
ol,ul{padding-left:20px;margin:0 0 12px}
li{margin:0 0 4px}
.examples{display:grid;grid-template-columns:repeat(auto-fit,minmax(250px,1fr));gap:16px}
.once{white-space:nowrap}
article{border:1px solid var(--line);padding:12px;break-inside:avoid}
article p{margin:4px 0 0}
footer{border-top:1px solid var(--line);padding-top:12px;color:var(--muted);font-size:12px;line-height:18px}
@media screen and (max-width:1040px){section{grid-template-columns:minmax(0,1fr)}body{padding:24px 32px 48px}}
@media screen and (max-width:760px){
body{padding:16px 16px 40px}h1{font-size:20px;line-height:28px}h2{font-size:16px;line-height:24px}.deck{font-size:14px;line-height:22px}
section{padding:24px 0}.wide{display:none}.narrow{display:block}
.figures{grid-template-columns:repeat(2,minmax(0,1fr));gap:12px 16px}
.examples{grid-template-columns:minmax(0,1fr)}
.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.cards,.cards tbody,.cards tr,.cards td{display:block;width:100%}
.cards tr{padding:8px 0;border-bottom:1px solid var(--line)}
.cards td{display:flex;justify-content:space-between;gap:16px;padding:1px 0;border:0;text-align:right;white-space:normal}
.cards td::before{content:attr(data-head);color:var(--muted);text-align:left;flex:none;max-width:45%}
.cards td:first-child{font-size:14px;font-weight:600}
.pairs td::before{max-width:65%}
.pairs tr{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 20px}
.pairs td.wide-cell{grid-column:1/-1}.pairs td:first-child{grid-column:1/-1}
#sources td,#check .cards td{display:grid;grid-template-columns:84px minmax(0,1fr);text-align:left}
#sources td::before,#check .cards td::before{max-width:none}
#sources td:first-child,#check .cards td:first-child{display:block}#sources td:first-child::before,#check .cards td:first-child::before{display:none}
.compact{font-size:12px}.compact th.n{white-space:nowrap}.compact td,.compact th{padding-right:8px}
nav{gap:8px 16px}}
@media print{@page{margin:14mm}body{padding:0;max-width:none;font-size:12px;line-height:18px}nav{display:none}section{display:block;padding:16px 0}
figure,tr,article{break-inside:avoid}h2,h3,.question{break-after:avoid}th{position:static}.cards td{font-size:10px;line-height:14px;padding-top:3px;padding-bottom:3px}.cards td:has(svg){display:none}header{padding-bottom:12px}.figures dd{font-size:16px}h1{font-size:24px;line-height:30px}
details::details-content{content-visibility:visible;display:block}a{text-decoration:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)css";
}

}  // namespace report
