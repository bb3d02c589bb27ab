#include "adapter/chdb/service.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <optional>

#include "adapter/chdb/sql_text.h"
#include "adapter/chdb/temporary_file.h"

namespace adapter::chdb {

namespace {

constexpr std::size_t kPiece = 1 << 20;
constexpr std::size_t kLongestQuery = 64 << 20;

/// As ClickHouse maps its numbers.
int http_status(int code) {
  switch (code) {
    case 6:
    case 26:
    case 27:
    case 36:
    case 38:
    case 41:
    case 43:
    case 53:
    case 62:
    case 69:
    case 70:
    case 117:
    case 130:
    case 456:
    case 457: return 400;
    case 193:
    case 194: return 401;
    case 164:
    case 192:
    case 291:
    case 497:
    case 516: return 403;
    case 16:
    case 46:
    case 47:
    case 50:
    case 56:
    case 60:
    case 63:
    case 73:
    case 81:
    case 107:
    case 115: return 404;
    case 159:
    case 160: return 408;
    case 48:
    case 344: return 501;
    case 202: return 503;
    case 241:
    case 243: return 507;
    default: return 500;
  }
}

void refuse(Exchange& exchange, const EngineError& error) {
  exchange.answer(http_status(error.code), error.code, error.text);
}

EngineError own_error(int code, std::string_view text, std::string_view name) {
  return {code, fmt::format("Code: {}. DB::Exception: {}. ({})", code, text, name)};
}

std::string next_tag() {
  static std::atomic<std::uint64_t> count{0};
  return fmt::format("request-{}", ++count);
}

/// Whether the statement is a CREATE … IF NOT EXISTS of a table that is there: then nothing will be written.
bool exists_already(Connection& connection, std::string_view sql) {
  const std::string name{created_if_absent(sql)};
  if (name.empty()) return false;
  const auto answer = connection.query("EXISTS TABLE " + name, "TSV");
  return answer && answer->view().starts_with('1');
}

/// Registers the running query for as long as the object lives.
class Watched {
 public:
  Watched(Watch& watch, int descriptor, std::string tag) : watch_(watch), tag_(std::move(tag)) {
    watch_.add(descriptor, tag_);
  }
  ~Watched() { watch_.remove(tag_); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

 private:
  Watch& watch_;
  std::string tag_;
};

}  // namespace

struct Service::Job {
  const Request& request;
  Exchange& exchange;
  std::string query;  // what stood in the URL
  std::string database;
  std::string format = "TabSeparated";
  Settings settings;
  Parameters parameters;
  std::string tag = next_tag();
  std::optional<Connection> connection = std::nullopt;

  /// The rest of the body, to be appended to `to`; false when it was refused or the client is gone.
  bool read_body(std::string& to) {
    for (;;) {
      const std::size_t had = to.size();
      if (had > kLongestQuery) {
        drain();
        refuse(exchange, own_error(307, "the query is longer than 64 MB", "TOO_LONG_QUERY"));
        return false;
      }
      to.resize(had + (1 << 16));
      const auto size = exchange.read(to.data() + had, 1 << 16);
      to.resize(had + size.value_or(0));
      if (!size) {
        exchange.abort(size.error());
        return false;
      }
      if (*size == 0) return true;
    }
  }

  /// Reads what the client still sends, so that it gets to read the answer.
  void drain() {
    std::string piece(kPiece, '\0');
    for (auto size = exchange.read(piece.data(), piece.size()); size && *size > 0;)
      size = exchange.read(piece.data(), piece.size());
  }
};

void Service::handle(const Request& request, const Credentials& credentials, Exchange& exchange) {
  Job job{.request = request, .exchange = exchange, .query = {}, .database = {}, .settings = {}, .parameters = {}};
  if (request.path == "/ping") {
    job.drain();
    return exchange.answer(200, 0, "Ok.\n");
  }
  std::string user = request.user, key = request.key, from = "Parquet", to = "Native";
  bool asked = false;
  for (const auto& [name, value] : request.query) {
    if (name == "query") {
      job.query = value;
      asked = true;
    } else if (name == "database")
      job.database = value;
    else if (name == "default_format")
      job.format = value;
    else if (name == "user")
      user = value;
    else if (name == "password")
      key = value;
    else if (name == "from")
      from = value;
    else if (name == "to")
      to = value;
    else if (name.starts_with("param_"))
      job.parameters.emplace_back(name.substr(6), value);
    else if (name == "query_id" || name == "wait_end_of_query" || name == "buffer_size" || name == kTagSetting)
      continue;
    else if (name == "compress" || name == "decompress" || name == "session_id") {
      job.drain();
      return refuse(exchange,
                    own_error(48, fmt::format("'{}' is not supported by winback-warehouse", name), "NOT_IMPLEMENTED"));
    } else
      job.settings.emplace_back(name, value);
  }
  if (!credentials.password.empty() &&
      ((!user.empty() && user != credentials.user) || key.size() != credentials.password.size() ||
       !std::ranges::equal(key, credentials.password))) {
    job.drain();
    return refuse(
        exchange,
        own_error(516,
                  fmt::format("{}: Authentication failed: password is incorrect, or there is no user with such name",
                              user.empty() ? "default" : user),
                  "AUTHENTICATION_FAILED"));
  }
  if (request.path == "/convert") return convert(job, from, to);
  if (request.path != "/") {
    job.drain();
    return exchange.answer(404, 0, "There is nothing at this address; queries go to /\n");
  }
  if (!asked && request.method == "GET") return exchange.answer(200, 0, "Ok.\n");
  if (request.method == "GET" &&
      std::ranges::find(job.settings, "readonly", &Settings::value_type::first) == job.settings.end()) {
    job.settings.emplace_back("readonly", "1");  // a GET changes nothing, as in ClickHouse
  }
  run(job);
}

/// The request's own session, with its settings and its database.
EngineResult<void> Service::connect(Job& job) {
  auto connection = engine_.connect(job.settings);
  if (!connection) return std::unexpected(connection.error());
  job.connection.emplace(std::move(*connection));
  if (job.database.empty()) return {};
  std::string quoted = "`";
  for (const char c : job.database) quoted += c == '`' || c == '\\' ? std::string{'\\', c} : std::string{c};
  if (auto used = job.connection->query("USE " + quoted + "`", "Null"); !used) return std::unexpected(used.error());
  return {};
}

/// Sorting joins keep within any memory but do not do every kind of join; given a choice the engine would take the hash
/// join even where the other one can. So it gets the choice only after it said that it needs it. True when the session
/// was opened anew and the statement is to be tried once more.
bool Service::falls_back(Job& job, const EngineError& error) {
  const bool needs =
      error.code == 48 && (error.text.find("Can't execute any of specified algorithms") != std::string::npos ||
                           error.text.find("Only `hash` join") != std::string::npos);
  if (!needs || std::ranges::find(job.settings, "join_algorithm", &Settings::value_type::first) != job.settings.end())
    return false;
  job.settings.emplace_back("join_algorithm", "hash");
  job.connection.reset();
  return connect(job).has_value();
}

void Service::run(Job& job) {
  job.settings.emplace_back(kTagSetting, job.tag);
  if (auto connected = connect(job); !connected) {
    job.drain();
    return refuse(job.exchange, connected.error());
  }

  // Data follows an INSERT whose statement stands in the URL; in every other case the body is (the rest of) the SQL.
  if (!job.query.empty()) {
    const SqlText text = read_sql(job.query);
    const bool data_follows =
        same_word(text.head, "insert") && !text.format.empty() && std::ranges::all_of(text.after_format, [](char c) {
          return c == ';' || std::isspace(static_cast<unsigned char>(c)) != 0;
        });
    if (data_follows) return run_insert(job, text.before_format, text.format);
  }
  std::string sql = job.query.empty() ? std::string{} : job.query + "\n";
  if (!job.read_body(sql)) return;

  const Analysis analysis = job.connection->analyse(sql);
  const SqlText text = read_sql(sql);
  if (text.has_outfile && analysis.kind != StatementClass::read_only) {
    return refuse(job.exchange,
                  own_error(48, "INTO OUTFILE and FROM INFILE do not work over HTTP; take the result from the answer",
                            "NOT_IMPLEMENTED"));
  }
  if (analysis.statements > 1) {
    return refuse(job.exchange,
                  own_error(62, "Multi-statements are not allowed; send one statement at a time", "SYNTAX_ERROR"));
  }
  const auto readonly = std::ranges::find(job.settings, "readonly", &Settings::value_type::first);
  if (readonly != job.settings.end() && readonly->second != "0" && analysis.kind != StatementClass::read_only &&
      analysis.kind != StatementClass::unknown) {
    // The engine alone would let KILL and SYSTEM pass: the library knows one user, who may do them.
    return refuse(job.exchange, own_error(164, "Cannot execute query in readonly mode", "READONLY"));
  }
  const bool changes_definitions = same_word(text.head, "create") || same_word(text.head, "alter") ||
                                   same_word(text.head, "rename") || same_word(text.head, "attach") ||
                                   same_word(text.head, "exchange");
  if (changes_definitions && !folder_.has_room_for_definition() && !exists_already(*job.connection, sql)) {
    return refuse(job.exchange,
                  own_error(243, "Cannot write the table definition: less than 16 MB are free on the warehouse's disk",
                            "NOT_ENOUGH_SPACE"));
  }
  const Watched watched{watch_, job.exchange.descriptor(), job.tag};
  if (analysis.kind == StatementClass::read_only) return run_stream(job, sql);
  run_whole(job, sql);
}

void Service::run_insert(Job& job, std::string_view sql, std::string_view format) {
  auto inserter = job.connection->insert(sql, format, job.parameters);
  if (!inserter) {
    job.drain();
    return refuse(job.exchange, inserter.error());
  }
  std::string piece(kPiece, '\0');
  bool taken = true;
  for (;;) {
    std::size_t filled = 0;  // whole megabytes: the engine takes each piece under a lock
    while (filled < piece.size()) {
      const auto size = job.exchange.read(piece.data() + filled, piece.size() - filled);
      if (!size) return job.exchange.abort(size.error());  // half a body is never finished, so never stored
      if (*size == 0) break;
      filled += *size;
    }
    if (filled == 0) break;
    if (taken) taken = inserter->append({piece.data(), filled});
  }
  if (auto done = inserter->finish(); !done) return refuse(job.exchange, done.error());
  job.exchange.answer(200, 0, "");
}

void Service::run_whole(Job& job, std::string_view sql) {
  auto result = job.connection->query(sql, job.format, job.parameters);
  if (!result) return falls_back(job, result.error()) ? run_whole(job, sql) : refuse(job.exchange, result.error());
  const SqlText text = read_sql(sql);
  if (same_word(text.head, "create")) {
    // The disk may have filled up in the middle: then the definition is an empty file, over which the next start fails.
    if (const auto empty = folder_.empty_definitions(); !empty.empty()) {
      return refuse(job.exchange, own_error(243, "The table definition was not written: the warehouse's disk is full",
                                            "NOT_ENOUGH_SPACE"));
    }
  }
  job.exchange.answer(200, 0, result->view());
}

void Service::run_stream(Job& job, std::string_view sql) {
  auto cursor = job.connection->stream(sql, job.format, job.parameters);
  if (!cursor) {
    // SHOW, DESCRIBE, EXISTS and EXPLAIN have small results and cannot be streamed.
    if (cursor.error().text.find("Streaming query is not supported") != std::string::npos) return run_whole(job, sql);
    return refuse(job.exchange, cursor.error());
  }
  auto first = cursor->next();
  if (!first) {
    { const Cursor ended = std::move(*cursor); }  // before its connection goes
    return falls_back(job, first.error()) ? run_stream(job, sql) : refuse(job.exchange, first.error());
  }
  if (!*first) {
    job.exchange.begin("text/plain; charset=UTF-8");
    return job.exchange.end();
  }
  auto second = cursor->next();
  if (!second) return refuse(job.exchange, second.error());

  const SqlText text = read_sql(sql);
  const std::string format{text.format.empty() ? std::string_view{job.format} : text.format};
  const int lines = *second ? heading_lines(format) : 0;
  if (lines < 0) {
    first = std::nullopt;
    second = std::nullopt;
    { const Cursor ended = std::move(*cursor); }
    return join_pieces(job, sql, format);
  }
  const std::size_t heading = lines == 0 ? 0 : heading_size((*first)->view(), format, lines);
  job.exchange.begin("application/octet-stream");
  if (!job.exchange.write((*first)->view())) return;
  for (auto piece = std::move(second);; piece = cursor->next()) {
    if (!piece) return job.exchange.abort(piece.error().text);
    if (!*piece) return job.exchange.end();
    if (!job.exchange.write((*piece)->view().substr(heading))) return;
  }
}

/// A format that frames all rows (Parquet, JSON, Pretty): the engine would frame each piece by itself, so the rows go
/// through a file in Native and are framed once.
void Service::join_pieces(Job& job, std::string_view sql, std::string_view format) {
  TemporaryFile rows{folder_.temporary(), "native"};
  const SqlText text = read_sql(sql);
  const std::string bare =
      fmt::format("{}\n{}{}", text.before_format, text.format.empty() ? "" : "FORMAT Native", text.after_format);
  auto cursor = job.connection->stream(bare, "Native", job.parameters);
  if (!cursor) return refuse(job.exchange, cursor.error());
  for (;;) {
    auto piece = cursor->next();
    if (!piece) return refuse(job.exchange, piece.error());
    if (!*piece) break;
    if (!rows.append((*piece)->view()))
      return refuse(job.exchange, own_error(243, "No room for the result on the warehouse's disk", "NOT_ENOUGH_SPACE"));
  }
  auto writer = engine_.connect({{std::string{kTagSetting}, job.tag}});
  if (!writer) return refuse(job.exchange, writer.error());
  TemporaryFile framed{folder_.temporary(), "out"};
  const auto written =
      writer->query(fmt::format("INSERT INTO FUNCTION file('{}', '{}') SELECT * FROM file('{}', 'Native')",
                                framed.path(), format, rows.path()),
                    "Null");
  if (!written) return refuse(job.exchange, written.error());
  job.exchange.begin("application/octet-stream");
  if (!framed.send([&](std::string_view bytes) { return job.exchange.write(bytes); }))
    return job.exchange.abort("the result could not be read back");
  job.exchange.end();
}

void Service::convert(Job& job, std::string_view from, std::string_view to) {
  const bool reads = from == "Parquet" && to == "Native";
  const bool writes = from == "Native" && to == "Parquet";
  TemporaryFile in{folder_.temporary(), reads ? "parquet" : "native"};
  std::string piece(kPiece, '\0');
  bool stored = true;
  for (;;) {
    const auto size = job.exchange.read(piece.data(), piece.size());
    if (!size) return job.exchange.abort(size.error());
    if (*size == 0) break;
    stored = stored && in.append({piece.data(), *size});
  }
  if (!reads && !writes)
    return refuse(job.exchange,
                  own_error(73, fmt::format("cannot convert {} to {}: only Parquet to Native and back", from, to),
                            "UNKNOWN_FORMAT"));
  if (!stored)
    return refuse(job.exchange, own_error(243, "No room for the file on the warehouse's disk", "NOT_ENOUGH_SPACE"));
  auto connection = engine_.connect({{std::string{kTagSetting}, job.tag}});
  if (!connection) return refuse(job.exchange, connection.error());
  job.connection.emplace(std::move(*connection));
  const Watched watched{watch_, job.exchange.descriptor(), job.tag};
  job.parameters.clear();
  if (writes) {
    TemporaryFile out{folder_.temporary(), "out"};
    const auto written = job.connection->query(
        fmt::format("INSERT INTO FUNCTION file('{}', 'Parquet') SELECT * FROM file('{}', 'Native')", out.path(),
                    in.path()),
        "Null");
    if (!written) return refuse(job.exchange, written.error());
    job.exchange.begin("application/octet-stream");
    if (!out.send([&](std::string_view bytes) { return job.exchange.write(bytes); }))
      return job.exchange.abort("the file could not be read back");
    return job.exchange.end();
  }

  auto names = job.connection->query(fmt::format("DESCRIBE TABLE file('{}', 'Parquet')", in.path()), "TSVRaw");
  if (!names) return refuse(job.exchange, names.error());
  std::string columns;
  std::string_view rest = names->view();
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t tab = line.find('\t');  // name, type, and more that says nothing here
    std::string name;
    for (const char c : line.substr(0, tab)) name += c == '`' || c == '\\' ? std::string{'\\', c} : std::string{c};
    const std::string_view type = line.substr(tab + 1, line.find('\t', tab + 1) - tab - 1);
    const bool is_time = type.find("DateTime") != type.npos && !type.starts_with("Array") && !type.starts_with("Map") &&
                         !type.starts_with("Tuple");
    columns += fmt::format(
        "{}CAST({}, 'Nullable(String)') AS `{}`", columns.empty() ? "" : ", ",
        is_time ? fmt::format("toTimeZone(toDateTime64(`{}`, 3), 'UTC')", name) : fmt::format("`{}`", name), name);
  }
  job.format = "Native";
  run_stream(job, fmt::format("SELECT {} FROM file('{}', 'Parquet')", columns, in.path()));
}

}  // namespace adapter::chdb
