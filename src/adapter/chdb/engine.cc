#include "adapter/chdb/engine.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <mutex>
#include <set>

namespace adapter::chdb {

namespace fs = std::filesystem;

namespace {

struct RawAnalysis {
  std::uint32_t struct_size;
  std::uint32_t statement_count;
  std::uint32_t flags;
  std::uint32_t query_class;
};

using ParameterArrays = const char* const*;

}  // namespace

// libchdb ships without a header; these are its functions as they are used here. Handles are plain pointers.
struct Api {
  void** (*connect)(int, char**) = nullptr;
  void (*close)(void**) = nullptr;
  void* (*query)(void*, const char*, std::size_t, const char*, std::size_t, ParameterArrays, const std::size_t*,
                 ParameterArrays, const std::size_t*, std::size_t) = nullptr;
  void* (*stream)(void*, const char*, std::size_t, const char*, std::size_t, ParameterArrays, const std::size_t*,
                  ParameterArrays, const std::size_t*, std::size_t) = nullptr;
  void* (*insert)(void*, const char*, std::size_t, const char*, std::size_t, ParameterArrays, const std::size_t*,
                  ParameterArrays, const std::size_t*, std::size_t) = nullptr;
  void* (*fetch)(void*, void*) = nullptr;
  void (*cancel_stream)(void*, void*) = nullptr;
  void (*destroy_result)(void*) = nullptr;
  int (*append)(void*, const void*, std::size_t) = nullptr;
  void* (*done)(void*) = nullptr;
  void (*cancel_insert)(void*) = nullptr;
  const char* (*insert_error)(void*) = nullptr;
  void (*destroy_insert)(void*) = nullptr;
  const char* (*buffer)(void*) = nullptr;
  std::size_t (*length)(void*) = nullptr;
  const char* (*error)(void*) = nullptr;
  int (*classify)(void*, const char*, std::size_t, const char*, std::size_t, RawAnalysis*) = nullptr;
  void (*signal_handlers)(int) = nullptr;
  const char* (*version)() = nullptr;
};

namespace {

/// "Code: 60. DB::Exception: …" gives 60.
EngineError engine_error(std::string_view text) {
  EngineError error{.code = 0, .text = std::string{text}};
  constexpr std::string_view kStart = "Code: ";
  if (const auto at = text.find(kStart); at != text.npos) {
    const char* begin = text.data() + at + kStart.size();
    std::from_chars(begin, text.data() + text.size(), error.code);
  }
  return error;
}

struct ParameterView {
  explicit ParameterView(const Parameters& parameters) {
    for (const auto& [name, value] : parameters) {
      names.push_back(name.data());
      name_sizes.push_back(name.size());
      values.push_back(value.data());
      value_sizes.push_back(value.size());
    }
  }
  std::vector<const char*> names, values;
  std::vector<std::size_t> name_sizes, value_sizes;
};

/// Runs `connect` and gives what it wrote to stderr when it failed: the library explains itself nowhere else.
std::string what_stderr_says(const auto& connect) {
  const int file = memfd_create("winback-reason", MFD_CLOEXEC);
  const int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (file < 0 || saved < 0) {
    connect();
    return {};
  }
  dup2(file, STDERR_FILENO);
  connect();
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::string text(1 << 14, '\0');
  const ssize_t size = pread(file, text.data(), text.size(), 0);
  close(file);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

/// The sentence inside the engine's report, on one line.
std::string one_line(std::string_view text) {
  if (const auto at = text.find("DB::Exception: "); at != text.npos) text.remove_prefix(at + 15);
  if (const auto trace = text.find("Stack trace"); trace != text.npos) text = text.substr(0, trace);
  std::string line{text.substr(0, 600)};
  std::ranges::replace(line, '\n', ' ');
  while (!line.empty() && (line.back() == ' ' || line.back() == ',')) line.pop_back();
  return line;
}

std::vector<fs::path> library_places(const fs::path& given) {
  if (!given.empty()) return {given};
  if (const char* named = std::getenv("WINBACK_CHDB"); named != nullptr && *named != '\0') return {named};
  std::error_code ignored;
  const fs::path own = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  return {own / "libchdb.so", own / ".." / "lib" / "libchdb.so",
          fs::path{WB_CHDB_BUILD_DIR} / "node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"};
}

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

base::Result<Api> load(const fs::path& given) {
  std::string tried;
  for (const fs::path& place : library_places(given)) {
    std::error_code ignored;
    if (!fs::exists(place, ignored)) {
      tried += (tried.empty() ? "" : ", ") + place.lexically_normal().string();
      continue;
    }
    void* library = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      return base::fail(base::Code::unavailable,
                        "the ClickHouse engine {} cannot be loaded: {}; install it again with ./dev", place.string(),
                        dlerror());
    }
    Api api;
    const bool whole =
        find(library, "chdb_connect", api.connect) && find(library, "chdb_close_conn", api.close) &&
        find(library, "chdb_query_with_params_n", api.query) &&
        find(library, "chdb_stream_query_with_params_n", api.stream) &&
        find(library, "chdb_stream_insert_with_params_n", api.insert) &&
        find(library, "chdb_stream_fetch_result", api.fetch) &&
        find(library, "chdb_stream_cancel_query", api.cancel_stream) &&
        find(library, "chdb_destroy_query_result", api.destroy_result) &&
        find(library, "chdb_stream_append", api.append) && find(library, "chdb_stream_done", api.done) &&
        find(library, "chdb_stream_cancel_insert", api.cancel_insert) &&
        find(library, "chdb_stream_insert_error", api.insert_error) &&
        find(library, "chdb_destroy_insert_stream", api.destroy_insert) &&
        find(library, "chdb_result_buffer", api.buffer) && find(library, "chdb_result_length", api.length) &&
        find(library, "chdb_result_error", api.error) && find(library, "chdb_classify_query_n", api.classify) &&
        find(library, "chdb_set_signal_handlers_enabled", api.signal_handlers) &&
        find(library, "chdb_version", api.version);
    if (!whole) {
      return base::fail(base::Code::unsupported,
                        "the ClickHouse engine {} is another version than this program needs; "
                        "install the pinned one with ./dev",
                        place.string());
    }
    return api;
  }
  return base::fail(
      base::Code::unavailable,
      "the ClickHouse engine libchdb.so is missing (looked at {}); install it with ./dev, or name it in WINBACK_CHDB",
      tried);
}

}  // namespace

Bytes::~Bytes() {
  if (result_ != nullptr) api_->destroy_result(result_);
}

std::string_view Bytes::view() const {
  const std::size_t size = api_->length(result_);
  return size == 0 ? std::string_view{} : std::string_view{api_->buffer(result_), size};
}

Cursor::~Cursor() {
  if (result_ == nullptr) return;
  if (!ended_) api_->cancel_stream(connection_, result_);
  api_->destroy_result(result_);
}

EngineResult<std::optional<Bytes>> Cursor::next() {
  if (ended_) return std::nullopt;
  Bytes piece{*api_, nullptr};
  void* raw = api_->fetch(connection_, result_);
  if (raw == nullptr) {
    ended_ = true;
    return std::unexpected(EngineError{0, "the engine gave no answer"});
  }
  piece = Bytes{*api_, raw};
  if (const char* error = api_->error(raw); error != nullptr) {
    ended_ = true;
    return std::unexpected(engine_error(error));
  }
  if (piece.view().empty()) {
    ended_ = true;
    return std::nullopt;
  }
  return piece;
}

Inserter::~Inserter() {
  if (stream_ == nullptr) return;
  api_->cancel_insert(stream_);
  api_->destroy_insert(stream_);
}

bool Inserter::append(std::string_view bytes) { return api_->append(stream_, bytes.data(), bytes.size()) == 0; }

EngineResult<void> Inserter::finish() {
  void* stream = std::exchange(stream_, nullptr);
  EngineResult<void> outcome;
  if (void* raw = api_->done(stream); raw != nullptr) {
    if (const char* error = api_->error(raw); error != nullptr) outcome = std::unexpected(engine_error(error));
    api_->destroy_result(raw);
  } else {
    outcome = std::unexpected(EngineError{0, "the engine gave no answer"});
  }
  api_->destroy_insert(stream);
  return outcome;
}

Connection::~Connection() {
  if (handle_ != nullptr) api_->close(handle_);
}

EngineResult<Bytes> Connection::query(std::string_view sql, std::string_view format, const Parameters& parameters) {
  const ParameterView view{parameters};
  void* raw = api_->query(*handle_, sql.data(), sql.size(), format.data(), format.size(), view.names.data(),
                          view.name_sizes.data(), view.values.data(), view.value_sizes.data(), parameters.size());
  if (raw == nullptr) return std::unexpected(EngineError{0, "the engine gave no answer"});
  Bytes result{*api_, raw};
  if (const char* error = api_->error(raw); error != nullptr) return std::unexpected(engine_error(error));
  return result;
}

EngineResult<Cursor> Connection::stream(std::string_view sql, std::string_view format, const Parameters& parameters) {
  const ParameterView view{parameters};
  void* raw = api_->stream(*handle_, sql.data(), sql.size(), format.data(), format.size(), view.names.data(),
                           view.name_sizes.data(), view.values.data(), view.value_sizes.data(), parameters.size());
  if (raw == nullptr) return std::unexpected(EngineError{0, "the engine gave no answer"});
  if (const char* error = api_->error(raw); error != nullptr) {
    EngineError failure = engine_error(error);
    api_->destroy_result(raw);
    return std::unexpected(std::move(failure));
  }
  return Cursor{*api_, *handle_, raw};
}

EngineResult<Inserter> Connection::insert(std::string_view sql, std::string_view format, const Parameters& parameters) {
  const ParameterView view{parameters};
  void* stream = api_->insert(*handle_, sql.data(), sql.size(), format.data(), format.size(), view.names.data(),
                              view.name_sizes.data(), view.values.data(), view.value_sizes.data(), parameters.size());
  if (stream == nullptr) return std::unexpected(EngineError{0, "the engine gave no answer"});
  if (const char* error = api_->insert_error(stream); error != nullptr) {
    EngineError failure = engine_error(error);
    api_->destroy_insert(stream);
    return std::unexpected(std::move(failure));
  }
  return Inserter{*api_, stream};
}

Analysis Connection::analyse(std::string_view sql) const {
  RawAnalysis raw{.struct_size = sizeof(RawAnalysis), .statement_count = 0, .flags = 0, .query_class = 4};
  if (api_->classify(*handle_, sql.data(), sql.size(), nullptr, 0, &raw) != 0) return {};
  return {.kind = static_cast<StatementClass>(std::min(raw.query_class, 4U)), .statements = raw.statement_count};
}

struct Engine::State {
  Api api;
  Config config;
  Settings defaults;
  std::set<std::string, std::less<>> known_settings;
  std::mutex cancel_mutex;
  std::optional<Connection> keeper;  // the engine stops with its last connection, so this one stays open
  std::mutex reason_mutex;           // stderr is one for the whole process
};

namespace {

std::vector<std::string> arguments(const Engine::Config& config, const Settings& settings) {
  std::vector<std::string> list{
      "winback-warehouse", "--path=" + config.folder.string(), "--tmp_path=" + config.temporary.string() + "/",
      fmt::format("--max_server_memory_usage={}", config.memory_bytes),
      fmt::format("--mark_cache_size={}", std::min<std::uint64_t>(config.memory_bytes / 20, 256 << 20))};
  for (const auto& [name, value] : settings) list.push_back("--" + name + "=" + value);
  return list;
}

void** open_handle(const Api& api, const std::vector<std::string>& list) {
  std::vector<char*> raw;
  raw.reserve(list.size());
  for (const std::string& argument : list) raw.push_back(const_cast<char*>(argument.c_str()));
  return api.connect(static_cast<int>(raw.size()), raw.data());
}

/// One query may take three quarters of the engine's memory, and goes to disk at a third of that: sorts and groups
/// of any size finish. Ratio settings did not make the engine spill, and its hash joins do not spill at all.
Settings default_settings(std::uint64_t memory) {
  const std::uint64_t query = memory / 4 * 3;
  return {{"max_memory_usage", fmt::format("{}", query)},
          {"max_bytes_before_external_group_by", fmt::format("{}", query / 3)},
          {"max_bytes_before_external_sort", fmt::format("{}", query / 3)},
          {"join_algorithm", "full_sorting_merge"},
          {"implicit_select", "0"},
          {"async_insert", "0"},
          {"allow_introspection_functions", "0"},
          {"http_max_tries", "1"}};
}

}  // namespace

base::Result<std::unique_ptr<Engine>> Engine::open(const Config& config) {
  WB_ASSIGN(Api api, load(config.library));
  std::unique_ptr<Engine> engine{new Engine};
  engine->state_ = std::make_unique<State>();
  State& state = *engine->state_;
  state.api = api;
  state.config = config;
  state.defaults = default_settings(config.memory_bytes);
  state.api.signal_handlers(0);
  void** handle = nullptr;
  const std::string reason =
      what_stderr_says([&] { handle = open_handle(state.api, arguments(config, state.defaults)); });
  if (handle == nullptr) {
    return base::fail(base::Code::corrupt, "the ClickHouse engine could not open {}: {}", config.folder.string(),
                      reason.empty() ? "it gave no reason" : one_line(reason));
  }
  state.keeper.emplace(state.api, handle);
  auto names = state.keeper->query("SELECT name FROM system.settings", "TSV");
  if (!names)
    return base::fail(base::Code::internal, "the ClickHouse engine does not answer: {}", one_line(names.error().text));
  std::string_view rest = names->view();
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    state.known_settings.emplace(rest.substr(0, end));
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  return engine;
}

Engine::~Engine() = default;

EngineResult<Connection> Engine::connect(const Settings& settings) const {
  Settings all = state_->defaults;
  for (const auto& setting : settings) {
    if (!state_->known_settings.contains(setting.first)) {  // the library would ignore it silently
      return std::unexpected(EngineError{
          115, fmt::format("Code: 115. DB::Exception: Unknown setting '{}'. (UNKNOWN_SETTING)", setting.first)});
    }
    const auto same = std::ranges::find(all, setting.first, &Settings::value_type::first);
    if (same != all.end()) {
      same->second = setting.second;
    } else {
      all.push_back(setting);
    }
  }
  // `readonly` last: it forbids every setting after it.
  std::ranges::stable_partition(all, [](const auto& setting) { return setting.first != "readonly"; });
  const std::vector<std::string> list = arguments(state_->config, all);
  if (void** handle = open_handle(state_->api, list); handle != nullptr) return Connection{state_->api, handle};
  const std::lock_guard lock{state_->reason_mutex};
  void** handle = nullptr;
  const std::string reason = what_stderr_says([&] { handle = open_handle(state_->api, list); });
  if (handle != nullptr) return Connection{state_->api, handle};
  EngineError error = engine_error(reason);
  if (error.code == 0) {  // it does not say which: no word reaches stderr once the engine runs
    std::string given;
    for (const auto& [name, value] : settings) {
      if (name != kTagSetting) given += fmt::format("{}{} = {}", given.empty() ? "" : ", ", name, value);
    }
    error = {36, fmt::format("Code: 36. DB::Exception: a setting of the request has a wrong value: {}. (BAD_ARGUMENTS)",
                             given)};
  }
  return std::unexpected(std::move(error));
}

void Engine::cancel(std::string_view tag) {
  const std::lock_guard lock{state_->cancel_mutex};
  // ASYNC: waiting for the end of the query was seen to hang.
  (void)state_->keeper->query(fmt::format("KILL QUERY WHERE Settings['{}'] = '{}' ASYNC", kTagSetting, tag), "Null");
}

std::string Engine::version() const { return state_->api.version(); }

}  // namespace adapter::chdb
