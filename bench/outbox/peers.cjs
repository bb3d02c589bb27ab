// peers.cjs QUEUE CONNECTION MESSAGES LETTER PARTIALS: the job of send_outbox.cc with pg-boss or graphile-worker on
// PostgreSQL: puts the messages in, then takes them out, renders the same letter with liquidjs, hands it to a provider that
// answers at once, and completes them. Prints JSON. Neither asks consent, caps or quiet hours, tracks links, makes a plain
// text, nor keeps bytes before they leave.
const fs = require("fs");
const path = require("path");
const { Liquid } = require("liquidjs");
const { Pool } = require("pg");

const [queue, connectionString, count, letter, partials] = process.argv.slice(2);
const messages = Number(count);
const WINDOW = 64, AT_ONCE = 1000;

const templates = {};
for (const file of fs.readdirSync(partials)) {
  if (file.endsWith(".en.liquid")) templates[file.slice(0, -".en.liquid".length)] = fs.readFileSync(path.join(partials, file), "utf8");
}
const [, head, body] = /^---\n([^]*?)---\n([^]*)$/.exec(fs.readFileSync(letter, "utf8")) || [];
if (!body) throw new Error("the letter has no lines on top");
const engine = new Liquid({ outputEscape: "escape", timezoneOffset: 0, templates });
const line = (name) => new RegExp(`^${name}: (.*)$`, "m").exec(head)[1];
const html = engine.parse(body), subject = engine.parse(line("subject"));

const product = (i) => ({ name: `Harbour roast no. ${i}, 500 g`, price: `€${10 + i}.50`, url: "https://shop.example", rating: 4.5, stock: 20 + i });
const dataOf = (i) => ({
  customer: { first_name: "Mary", name: "Mary Byrne", language: "en", city: "Galway" },
  orders: { count: 7, last: { season: "spring", years_ago: 1, year: 2025, total: "€46.50", items: [{ name: "Harbour dark roast, 1 kg" }, { name: "Paper filters No. 4" }] } },
  recommendations: [2, 4, 6, 8].map(product),
  links: { shop: "https://shop.example", unsubscribe: `https://news.shop.example/u/${i}`, preferences: `https://news.shop.example/p/${i}`, less_often: `https://news.shop.example/p/${i}#less-often` },
  shop: { name: "North & Sons Coffee", address: "12 Quay Street, Galway", url: "https://shop.example", email: "hello@shop.example", phone: "+353 91 555 010" },
  representative: { name: "Aoife Byrne", title: "roaster" },
});

let taken = 0, bytes = 0;
async function deliver(data) {
  const title = engine.renderSync(subject, data);
  const text = engine.renderSync(html, { ...data, subject: title, preheader: line("preheader") });
  if (!title || !text) throw new Error("an empty letter");
  taken += 1;
  bytes += text.length;
}

const batches = function* () {
  for (let from = 0; from < messages; from += AT_ONCE)
    yield Array.from({ length: Math.min(AT_ONCE, messages - from) }, (_, i) => from + i);
};
const timed = async (work) => {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
};

// One batch on its way, the next being fetched: so node and PostgreSQL both work.
async function pgBoss() {
  const Boss = require("pg-boss");
  const boss = new Boss({ connectionString, max: 4, supervise: false, schedule: false });
  await boss.start();
  await boss.createQueue("letters");
  for (const batch of batches()) await boss.insert(batch.map((i) => ({ name: "letters", data: dataOf(i) })));
  const worker = async () => {
    for (;;) {
      const jobs = await boss.fetch("letters", { batchSize: WINDOW });
      if (jobs.length === 0) return;
      await Promise.all(jobs.map((job) => deliver(job.data)));
      await boss.complete("letters", jobs.map((job) => job.id));
    }
  };
  const seconds = await timed(() => Promise.all([worker(), worker()]));
  await boss.stop({ graceful: false, wait: false });
  return seconds;
}

// It takes jobs one by one, so many at the same time.
async function graphileWorker() {
  const { runMigrations, runTaskList, Logger } = require("graphile-worker");
  const quiet = new Logger(() => () => {});
  await runMigrations({ connectionString, logger: quiet });
  const pool = new Pool({ connectionString, max: 10 });
  pool.on("error", () => {});
  for (const batch of batches()) {
    await pool.query("SELECT graphile_worker.add_jobs(array(SELECT json_populate_record(null::graphile_worker.job_spec, j) FROM json_array_elements($1::json) j))",
      [JSON.stringify(batch.map((i) => ({ identifier: "letter", payload: dataOf(i) })))]);
  }
  const seconds = await timed(() => new Promise((done, failed) => {
    let left = messages;
    const workers = runTaskList({ concurrency: WINDOW, logger: quiet, noHandleSignals: true, pollInterval: 50 }, {
      letter: async (data) => {
        await deliver(data);
        if (--left === 0) setImmediate(() => workers.gracefulShutdown().then(done, failed));
      },
    }, pool);
  }));
  const { rows } = await pool.query("SELECT count(*) FROM graphile_worker._private_jobs");
  if (Number(rows[0].count) !== 0) throw new Error("jobs are left");
  await pool.end();
  return seconds;
}

(async () => {
  const seconds = await (queue === "pg-boss" ? pgBoss() : graphileWorker());
  if (taken !== messages) throw new Error(`${taken} of ${messages} letters were sent`);
  console.log(JSON.stringify({ messages, seconds, per_second: messages / seconds, bytes: Math.round(bytes / messages) }));
  process.exit(0);
})().catch((problem) => { console.error(problem); process.exit(1); });
