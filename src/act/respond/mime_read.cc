#include "act/respond/mime_read.h"

#include "base/base64.h"

namespace act::respond {
namespace {

constexpr std::size_t kMostBytes = 2 << 20;
constexpr std::size_t kMostParts = 200;
constexpr std::size_t kMostFields = 500;
constexpr std::size_t kMostValue = 8000;
constexpr int kMostDepth = 8;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string from_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
      continue;
    }
    if (i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
      continue;
    }
    std::size_t end = i + 1;
    while (end < text.size() && (is_blank(text[end]) || text[end] == '\r')) ++end;
    if (end < text.size() && text[end] == '\n') {
      i = end;  // a soft line end
    } else {
      out += '=';
    }
  }
  return out;
}

/// Splits at the first empty line; a block that begins with what is no field is all body.
std::pair<std::string_view, std::string_view> split_header(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = next_line(rest);
    if (line.empty()) {
      const std::size_t at = static_cast<std::size_t>(line.data() - text.data());
      return {text.substr(0, at), rest};
    }
  }
  return {text, {}};
}

/// The value of a parameter of Content-Type.
std::string parameter(std::string_view value, std::string_view name) {
  const std::string lower = lower_case(value);
  std::size_t at = 0;
  while ((at = lower.find(name, at)) != std::string::npos) {
    std::size_t end = at + name.size();
    const bool starts = at > 0 && (lower[at - 1] == ';' || is_blank(lower[at - 1]));
    while (end < value.size() && is_blank(value[end])) ++end;
    if (!starts || end >= value.size() || value[end] != '=') {
      at += name.size();
      continue;
    }
    ++end;
    while (end < value.size() && is_blank(value[end])) ++end;
    if (end < value.size() && value[end] == '"') {
      std::string out;
      for (++end; end < value.size() && value[end] != '"'; ++end) {
        if (value[end] == '\\' && end + 1 < value.size()) ++end;
        out += value[end];
      }
      return out;
    }
    const std::size_t stop = std::min(value.find_first_of("; \t", end), value.size());
    return std::string{value.substr(end, stop - end)};
  }
  return {};
}

std::string type_of(const std::vector<Field>& fields) {
  const std::string_view value = value_of(fields, "content-type");
  const std::string type = lower_case(trimmed(value.substr(0, std::min(value.find(';'), value.size()))));
  return type.find('/') == std::string::npos ? "text/plain" : type;
}

/// The boundary that is really there: the one told, or, where no line has it, what the first line that looks like one
/// has.
std::string boundary_in(std::string_view body, const std::string& told) {
  std::string guess;
  while (!body.empty()) {
    const std::string_view line = next_line(body);
    if (!line.starts_with("--")) continue;
    if (!told.empty() && line.substr(2).starts_with(told)) return told;
    if (guess.empty() && line.size() >= 6 && line.size() <= 200 && line.find(' ') == std::string_view::npos &&
        line.find_first_not_of('-') != std::string_view::npos)
      guess = line.substr(2);
  }
  return guess;
}

void read_entity(std::vector<Field> fields, std::string_view body, int depth, std::vector<Part>& parts) {
  const std::string type = type_of(fields);
  std::string boundary;
  if (type.starts_with("multipart/"))
    boundary = boundary_in(body, parameter(value_of(fields, "content-type"), "boundary"));
  if (type.starts_with("multipart/") && !boundary.empty() && depth < kMostDepth) {
    std::string_view rest = body;
    const char* part_begin = nullptr;
    const std::string mark = "--" + boundary;
    const auto end_part = [&](const char* end) {
      if (part_begin == nullptr || end <= part_begin || parts.size() >= kMostParts) return;
      const auto [head, content] = split_header({part_begin, static_cast<std::size_t>(end - part_begin)});
      read_entity(read_fields(head), content, depth + 1, parts);
    };
    bool closed = false;
    while (!rest.empty() && !closed) {
      const std::string_view line = next_line(rest);
      if (!line.starts_with(mark)) continue;
      const std::string_view after = trimmed(line.substr(mark.size()));
      if (!after.empty() && after != "--") continue;
      end_part(line.data());
      closed = after == "--";
      part_begin = closed ? nullptr : rest.data();
    }
    if (!closed) end_part(body.data() + body.size());
    return;
  }
  // A multipart without any boundary line is read as one text.
  if (parts.size() >= kMostParts) return;
  const std::string encoding = lower_case(trimmed(value_of(fields, "content-transfer-encoding")));
  std::string decoded = encoding == "base64"             ? base::from_mail_base64(body)
                        : encoding == "quoted-printable" ? from_quoted_printable(body)
                                                         : std::string{body};
  parts.push_back({type.starts_with("multipart/") ? "text/plain" : type, std::move(fields), std::move(decoded)});
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (is_blank(text.front()) || text.front() == '\r' || text.front() == '\n'))
    text.remove_prefix(1);
  while (!text.empty() && (is_blank(text.back()) || text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::vector<Field> read_fields(std::string_view block) {
  std::vector<Field> fields;
  bool open = false;  // the last line began or went on with a field
  while (!block.empty()) {
    const std::string_view line = next_line(block);
    if (line.empty()) {
      open = false;
      continue;
    }
    if (is_blank(line.front())) {
      if (open && fields.back().value.size() < kMostValue) {
        fields.back().value += ' ';
        fields.back().value += trimmed(line);
      }
      continue;
    }
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, std::min(colon, line.size()));
    open = colon != std::string_view::npos && colon > 0 && fields.size() < kMostFields &&
           std::ranges::all_of(trimmed(name), [](char c) { return c > ' ' && c <= '~'; });
    if (open) fields.push_back({lower_case(trimmed(name)), std::string{trimmed(line.substr(colon + 1))}});
  }
  return fields;
}

std::string_view value_of(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? std::string_view{} : std::string_view{found->value};
}

Mail read_mail(std::string_view bytes) {
  bytes = bytes.substr(0, kMostBytes);
  Mail mail;
  const auto [head, body] = split_header(bytes);
  mail.fields = read_fields(head);
  mail.type = type_of(mail.fields);
  read_entity(mail.fields, body, 0, mail.parts);
  return mail;
}

std::string plain_header(std::string_view value) {
  std::string out;
  while (!value.empty()) {
    const std::size_t open = value.find("=?");
    out += value.substr(0, open);
    if (open == std::string_view::npos) break;
    value.remove_prefix(open);
    const std::size_t charset_end = value.find('?', 2);
    const std::size_t text = charset_end == std::string_view::npos ? charset_end : charset_end + 3;
    const std::size_t end = text >= value.size() ? std::string_view::npos : value.find("?=", text);
    if (end == std::string_view::npos || value[text - 1] != '?') {
      out += "=?";
      value.remove_prefix(2);
      continue;
    }
    const std::string charset = lower_case(value.substr(2, charset_end - 2));
    const bool known = charset == "utf-8" || charset == "us-ascii" || charset == "iso-8859-1";
    const char how = value[charset_end + 1];
    std::string inside{value.substr(text, end - text)};
    if (known && (how == 'B' || how == 'b')) {
      out += base::from_mail_base64(inside);
    } else if (known && (how == 'Q' || how == 'q')) {
      std::ranges::replace(inside, '_', ' ');
      out += from_quoted_printable(inside);
    } else {
      out += value.substr(0, end + 2);
    }
    value.remove_prefix(end + 2);
    if (const std::string_view after = trimmed(value); after.starts_with("=?")) value = after;
  }
  return out;
}

}  // namespace act::respond
