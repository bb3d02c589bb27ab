#include "app/metrics.h"

#include <fstream>

#include <fmt/core.h>
#include <unistd.h>

#include "app/backup_manifest.h"

namespace app {
namespace {

/// A label's value: backslash, quote and line end are escaped.
std::string label(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text;
}

void head(std::string& to, std::string_view name, std::string_view kind, std::string_view help) {
  to += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, kind);
}

template <class Number>
void one(std::string& to, std::string_view name, std::string_view kind, std::string_view help, Number value) {
  head(to, name, kind, help);
  to += fmt::format("{} {}\n", name, value);
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].starts_with(':') ? segments[i].empty() : pattern[i] != segments[i]) return false;
  }
  return true;
}

}  // namespace

void RequestCounts::add(std::string_view method, std::string_view pattern, int status, std::chrono::duration<double> took) {
  std::size_t bucket = 0;
  while (bucket < kBounds.size() && took.count() > kBounds[bucket]) ++bucket;
  const std::lock_guard lock{mutex_};
  Route& route = routes_[{std::string{method}, std::string{pattern}}];
  ++route.statuses[status];
  ++route.buckets[bucket];
  route.seconds += took.count();
  ++route.requests;
}

void RequestCounts::write(std::string& to) const {
  const std::lock_guard lock{mutex_};
  head(to, "winback_http_requests_total", "counter", "Requests answered, by route and status.");
  for (const auto& [key, route] : routes_) {
    for (const auto& [status, count] : route.statuses) {
      to += fmt::format("winback_http_requests_total{{method=\"{}\",route=\"{}\",status=\"{}\"}} {}\n", label(key.first), label(key.second), status, count);
    }
  }
  head(to, "winback_http_request_seconds", "histogram", "How long requests took, by route.");
  for (const auto& [key, route] : routes_) {
    const std::string of = fmt::format("method=\"{}\",route=\"{}\"", label(key.first), label(key.second));
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kBounds.size(); ++i) {
      sum += route.buckets[i];
      to += fmt::format("winback_http_request_seconds_bucket{{{},le=\"{}\"}} {}\n", of, kBounds[i], sum);
    }
    to += fmt::format("winback_http_request_seconds_bucket{{{},le=\"+Inf\"}} {}\n", of, route.requests);
    to += fmt::format("winback_http_request_seconds_sum{{{}}} {}\n", of, route.seconds);
    to += fmt::format("winback_http_request_seconds_count{{{}}} {}\n", of, route.requests);
  }
}

std::string_view pattern_of(const http::Router& router, const http::Request& request) {
  const std::string_view asked = request.method == "HEAD" ? std::string_view{"GET"} : std::string_view{request.method};
  for (const http::Router::Route& route : router.routes()) {
    if (route.method == asked && matches(route.segments, request.segments)) return route.pattern;
  }
  return "other";
}

std::uint64_t resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  std::uint64_t all = 0, resident = 0;
  if (!(in >> all >> resident)) return 0;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::string metrics_text(const RequestCounts& requests, const Figures& figures) {
  std::string to;
  head(to, "winback_build_info", "gauge", "Always 1; the version is a label.");
  to += fmt::format("winback_build_info{{version=\"{}\"}} 1\n", kProgramVersion);
  one(to, "winback_start_time_seconds", "gauge", "When the program began to serve, seconds since the epoch.", figures.started_at);
  one(to, "winback_resident_memory_bytes", "gauge", "Memory of the serving process, without the warehouse's.", figures.resident_bytes);
  one(to, "winback_ready", "gauge", "1 when /readyz says so.", figures.ready ? 1 : 0);
  one(to, "winback_warehouse_up", "gauge", "1 when the warehouse answers.", figures.warehouse_up ? 1 : 0);
  requests.write(to);

  const EventHealth& events = figures.events;
  head(to, "winback_events_total", "counter", "Events at the door since the start, by what became of them.");
  for (const auto& [verdict, count] : {std::pair<std::string_view, std::uint64_t>{"accepted", events.accepted}, {"duplicate", events.duplicates}, {"rejected", events.rejected}}) {
    to += fmt::format("winback_events_total{{verdict=\"{}\"}} {}\n", verdict, count);
  }
  one(to, "winback_event_requests_refused_total", "counter", "Requests with events turned away because the spool could take no more.", events.refused);
  one(to, "winback_events_skipped_total", "counter", "Events that could not be looked at for journeys.", events.skipped);
  one(to, "winback_event_phones_without_texts_total", "counter", "Telephone numbers in events that can get no text messages.", events.no_texts);
  one(to, "winback_spool_bytes", "gauge", "Bytes of segments on the disk.", events.spool_bytes);
  one(to, "winback_spool_limit_bytes", "gauge", "From here on events are refused.", events.spool_most_bytes);
  one(to, "winback_spool_damaged_bytes", "gauge", "Bytes that could not be read back.", events.damaged_bytes);
  head(to, "winback_event_lag_seconds", "gauge", "Since the oldest event was received that this reader has still to take.");
  to += fmt::format("winback_event_lag_seconds{{reader=\"warehouse\"}} {}\n", static_cast<double>(events.warehouse_lag_millis) / 1000);
  to += fmt::format("winback_event_lag_seconds{{reader=\"journeys\"}} {}\n", static_cast<double>(events.triggers_lag_millis) / 1000);
  head(to, "winback_event_lag_bytes", "gauge", "Bytes of the spool this reader has still to take.");
  to += fmt::format("winback_event_lag_bytes{{reader=\"warehouse\"}} {}\n", events.warehouse_lag_bytes);
  to += fmt::format("winback_event_lag_bytes{{reader=\"journeys\"}} {}\n", events.triggers_lag_bytes);

  head(to, "winback_outbox_messages", "gauge", "Messages by state; `unknown` are the doubts, `accepted` what was sent.");
  for (const auto& [state, count] : figures.messages) to += fmt::format("winback_outbox_messages{{state=\"{}\"}} {}\n", label(state), count);
  one(to, "winback_campaigns_running", "gauge", "Campaigns that run.", figures.campaigns_running);
  head(to, "winback_jobs", "gauge", "Long work asked for in the console, by state.");
  to += fmt::format("winback_jobs{{state=\"running\"}} {}\nwinback_jobs{{state=\"waiting\"}} {}\n", figures.jobs_running, figures.jobs_waiting);
  return to;
}

}  // namespace app
