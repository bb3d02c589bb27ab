// render_letter.cjs TEMPLATE DATA RUNS: the same as render_letter.cc with liquidjs, its template compiled once.
const fs = require("fs");
const { Liquid } = require("liquidjs");

const [template, data, runs] = process.argv.slice(2);
const engine = new Liquid({ outputEscape: "escape", timezoneOffset: 0 });
const parsed = engine.parse(fs.readFileSync(template, "utf8"));
const scope = JSON.parse(fs.readFileSync(data, "utf8"));
const once = () => engine.renderSync(parsed, scope);
if (Number(runs) === 0) {
  process.stdout.write(once());
} else {
  for (let i = 0; i < 3000; ++i) once(); // until the compiler has settled
  const rates = [];
  for (let run = 0; run < Number(runs); ++run) {
    const start = process.hrtime.bigint();
    let count = 0, taken = 0;
    do {
      for (let i = 0; i < 100; ++i) once();
      count += 100;
      taken = Number(process.hrtime.bigint() - start) / 1e9;
    } while (taken < 0.33);
    rates.push(count / taken);
  }
  console.log(JSON.stringify(rates));
}
