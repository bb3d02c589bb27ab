// mock.mjs [FOLDER] [PORT] [PROGRAM]: the built console with answers made up after the contract, for looking at it without the
// program; with the program's address its answers, for looking at a console newer than the one packed into it.
// Files are served the way the program serves them: gzip aside, with the same policy and a fresh nonce.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { answers, HttpProblem } from "./answers.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const types = { ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8", ".json": "application/json" };
export const policy = (nonce) =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`;

function readBody(request) {
  return new Promise((resolve) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => resolve(Buffer.concat(parts)));
  });
}

function pass(program, request, response) {
  const on = ask(new URL(request.url, program), { method: request.method, headers: { ...request.headers, host: new URL(program).host, ...(request.headers.origin ? { origin: new URL(program).origin } : {}) } }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  on.on("error", (problem) => {
    response.writeHead(502, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ error: { code: "unavailable", message: problem.message } }));
  });
  request.pipe(on);
}

export function startMock(folder = join(here, "../dist"), port = 0, program = "") {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://mock");
    if (program && (url.pathname.startsWith("/api/") || url.pathname === "/pages.css")) return pass(program, request, response);
    if (url.pathname.startsWith("/api/")) {
      const raw = await readBody(request);
      try {
        const body = request.headers["content-type"] === "application/json" && raw.length ? JSON.parse(raw.toString("utf8")) : raw;
        const answer = answers(request.method, url, body, request.headers);
        const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
        response.writeHead(answer.status ?? 200, { "Content-Type": answer.type ?? "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...answer.headers });
        response.end(text);
      } catch (problem) {
        const status = problem instanceof HttpProblem ? problem.status : 500;
        if (status === 500) console.error(problem);
        response.writeHead(status, { "Content-Type": "application/json" });
        response.end(JSON.stringify({ error: { code: problem.code ?? "internal", message: problem.message } }));
      }
      return;
    }
    const wanted = normalize(url.pathname);
    const path = join(folder, wanted);
    if (extname(path) && existsSync(path) && wanted !== "/index.html") {
      response.writeHead(200, { "Content-Type": types[extname(path)] ?? "application/octet-stream", "Cache-Control": "public, max-age=31536000, immutable" });
      response.end(readFileSync(path));
      return;
    }
    const nonce = randomBytes(16).toString("base64");
    const page = readFileSync(join(folder, "index.html"), "utf8").replace('name="csp-nonce" content=""', `name="csp-nonce" content="${nonce}"`);
    response.writeHead(200, { "Content-Type": types[".html"], "Cache-Control": "no-store", "Content-Security-Policy": policy(nonce), "X-Content-Type-Options": "nosniff" });
    response.end(page);
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve({ url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startMock(process.argv[2], Number(process.argv[3] ?? 8090), process.argv[4]);
  console.log(`${url}  (owner@example.com with any password; marketer@, analyst@, agent@, read_only@ for other roles)`);
}
