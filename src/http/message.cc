#include "http/message.h"

#include <algorithm>

namespace http {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// A form's field: + is a space, a broken escape stands for itself.
std::string decode_field(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::optional<std::string_view> find(const Pairs& pairs, std::string_view name) {
  const auto found = std::ranges::find(pairs, name, [](const auto& pair) { return std::string_view{pair.first}; });
  if (found == pairs.end()) return std::nullopt;
  return found->second;
}

std::string_view Request::header(std::string_view name) const { return find(headers, name).value_or(""); }
std::optional<std::string_view> Request::field(std::string_view name) const { return find(query, name); }
std::string_view Request::part(std::string_view name) const { return find(captured, name).value_or(""); }

Pairs parse_form(std::string_view text) {
  Pairs pairs;
  while (!text.empty() && pairs.size() < 1000) {
    const std::string_view one = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    if (one.empty()) continue;
    const std::size_t equals = one.find('=');
    pairs.emplace_back(decode_field(one.substr(0, equals)),
                       equals == std::string_view::npos ? "" : decode_field(one.substr(equals + 1)));
  }
  return pairs;
}

std::optional<std::string> decode_segment(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0) return std::nullopt;
      c = static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    }
    if (c == '\0' || c == '\r' || c == '\n') return std::nullopt;
    out += c;
  }
  return out;
}

std::optional<std::vector<std::string>> split_path(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  std::vector<std::string> segments;
  for (std::size_t at = 1;;) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    auto segment = decode_segment(path.substr(at, slash - at));
    if (!segment || segments.size() == 64) return std::nullopt;
    segments.push_back(std::move(*segment));
    if (slash == path.size()) return segments;
    at = slash + 1;
  }
}

Response html(int status, std::string body) {
  return {status,
          {{"Content-Type", "text/html; charset=utf-8"},
           {"Content-Security-Policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
           {"X-Content-Type-Options", "nosniff"},
           {"X-Frame-Options", "DENY"},
           {"Referrer-Policy", "no-referrer"},
           {"Cache-Control", "no-store"}},
          std::move(body)};
}

Response text(int status, std::string body) {
  return {status,
          {{"Content-Type", "text/plain; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}},
          std::move(body)};
}

Response redirect(std::string_view url) {
  const bool clean = std::ranges::none_of(url, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
  if (!clean || url.empty()) return text(500, "the address of this link cannot be used\n");
  return {302, {{"Location", std::string{url}}, {"Referrer-Policy", "no-referrer"}, {"Cache-Control", "no-store"}}, ""};
}

}  // namespace http
