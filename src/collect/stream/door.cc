#include "collect/stream/door.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>

#include <simdjson.h>

#include "base/email.h"
#include "base/hash.h"

namespace collect::stream {
namespace {

using base::Code;
using base::Instant;
using base::Result;
namespace dom = simdjson::dom;

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

template <std::size_t N>
bool among(std::string_view name, const std::array<std::string_view, N>& names) {
  if (name.size() > 16) return false;
  const std::string small = lower(name);
  return std::ranges::find(names, small) != names.end();
}

/// Names of fields that hold contact data wherever they stand, and those that do in traits.
constexpr std::array<std::string_view, 9> kContactAnywhere = {"email", "e-mail", "e_mail", "phone", "mobile", "phonenumber",
                                                              "phone_number", "email_address", "ip"};
constexpr std::array<std::string_view, 12> kContactTraits = {"name",     "firstname", "lastname", "first_name", "last_name", "username",
                                                             "address",  "avatar",    "fullname", "full_name",  "nickname",  "street"};

/// Cheap and generous: what looks like an address is not kept.
bool looks_like_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.size() > 254) return false;
  return text.find('.', at + 2) != std::string_view::npos && text.find_first_of(" \t\r\n/") == std::string_view::npos;
}

void write_text(std::string& to, std::string_view text) {
  to.push_back('"');
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    to.append(text.substr(from, i - from));
    from = i + 1;
    switch (c) {
      case '"': to.append("\\\""); break;
      case '\\': to.append("\\\\"); break;
      case '\n': to.append("\\n"); break;
      case '\t': to.append("\\t"); break;
      case '\r': to.append("\\r"); break;
      default: fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<unsigned char>(c));
    }
  }
  to.append(text.substr(from));
  to.push_back('"');
}

enum class Where : std::uint8_t { anywhere, traits };

void write_members(std::string& to, const dom::object& object, Where where, bool& first);

/// A value without contact data; false when nothing of it is kept.
bool write_value(std::string& to, const dom::element& value, Where where) {
  switch (value.type()) {
    case dom::element_type::OBJECT: {
      to.push_back('{');
      bool first = true;
      write_members(to, dom::object{value}, where, first);
      to.push_back('}');
      return true;
    }
    case dom::element_type::ARRAY: {
      to.push_back('[');
      bool first = true;
      for (const dom::element item : dom::array{value}) {
        const std::size_t before = to.size();
        if (!first) to.push_back(',');
        if (write_value(to, item, where)) {
          first = false;
        } else {
          to.resize(before);
        }
      }
      to.push_back(']');
      return true;
    }
    case dom::element_type::STRING: {
      const std::string_view text{value};
      if (looks_like_email(text)) return false;
      write_text(to, text);
      return true;
    }
    case dom::element_type::INT64: fmt::format_to(std::back_inserter(to), "{}", std::int64_t{value}); return true;
    case dom::element_type::UINT64: fmt::format_to(std::back_inserter(to), "{}", std::uint64_t{value}); return true;
    case dom::element_type::DOUBLE: fmt::format_to(std::back_inserter(to), "{}", double{value}); return true;
    case dom::element_type::BOOL: to.append(bool{value} ? "true" : "false"); return true;
    case dom::element_type::NULL_VALUE: to.append("null"); return true;
  }
  return false;
}

void write_member(std::string& to, std::string_view key, const dom::element& value, Where where, bool& first) {
  if (among(key, kContactAnywhere)) return;
  if (where == Where::traits && among(key, kContactTraits)) return;
  const std::size_t before = to.size();
  if (!first) to.push_back(',');
  write_text(to, key);
  to.push_back(':');
  if (write_value(to, value, key == "traits" ? Where::traits : where)) {
    first = false;
  } else {
    to.resize(before);
  }
}

void write_members(std::string& to, const dom::object& object, Where where, bool& first) {
  for (const auto [key, value] : object) write_member(to, key, value, where, first);
}

std::optional<std::string_view> text_of(const dom::object& object, std::string_view key) {
  std::string_view text;
  if (object[key].get_string().get(text)) return std::nullopt;
  return text;
}

/// An id as text: a text, or a whole number as its digits.
std::optional<std::string> id_of(const dom::object& object, std::string_view key) {
  dom::element value;
  if (object[key].get(value)) return std::string{};
  switch (value.type()) {
    case dom::element_type::STRING: return std::string{std::string_view{value}};
    case dom::element_type::INT64: return fmt::format("{}", std::int64_t{value});
    case dom::element_type::UINT64: return fmt::format("{}", std::uint64_t{value});
    case dom::element_type::NULL_VALUE: return std::string{};
    default: return std::nullopt;
  }
}

std::string random_id() {
  std::array<std::uint8_t, 16> bytes{};
  WB_CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return "wb-" + base::to_hex(bytes);
}

std::string digits_of_phone(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || (c == '+' && digits.empty())) {
      digits += c;
    } else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '.') {
      return {};
    }
  }
  return digits.size() >= 7 && digits.size() <= 16 ? digits : std::string{};
}

std::optional<Kind> kind_named(std::string_view name) {
  for (const Kind kind : {Kind::identify, Kind::track, Kind::page, Kind::screen, Kind::group, Kind::alias}) {
    if (name == name_of(kind)) return kind;
  }
  return std::nullopt;
}

/// Fields of an event with a meaning of their own; everything else is kept under "$event" as it came.
constexpr std::array<std::string_view, 5> kTakenOut = {"properties", "traits", "messageId", "writeKey", "batch"};

}  // namespace

std::string snake_case(std::string_view name) {
  std::string out;
  char before = '_';
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool upper = c >= 'A' && c <= 'Z';
    const bool letter = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (!letter) {
      if (before != '_') out += '_';
    } else if (upper) {
      const bool after_small = (before >= 'a' && before <= 'z') || (before >= '0' && before <= '9');
      const bool ends_capitals = before >= 'A' && before <= 'Z' && i + 1 < name.size() && name[i + 1] >= 'a' && name[i + 1] <= 'z';
      if ((after_small || ends_capitals) && !out.empty()) out += '_';
      out += static_cast<char>(c + 32);
    } else {
      out += c;
    }
    before = letter ? c : '_';
  }
  while (out.ends_with('_')) out.pop_back();
  return out;
}

std::optional<Instant> parse_timestamp(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t size, int& value) {
    if (text.size() < at + size) return false;
    const auto [end, wrong] = std::from_chars(text.data() + at, text.data() + at + size, value);
    return wrong == std::errc{} && end == text.data() + at + size && text[at] != '-';
  };
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day) || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || year < 1900 || year > 2299) return std::nullopt;
  Instant at{std::chrono::sys_days{date}};
  if (text.size() == 10) return at;
  if ((text[10] != 'T' && text[10] != 't' && text[10] != ' ') || !number(11, 2, hour) || !number(14, 2, minute) || text[13] != ':') return std::nullopt;
  std::size_t next = 16;
  std::int64_t fraction = 0;
  if (next < text.size() && text[next] == ':') {
    if (!number(17, 2, second)) return std::nullopt;
    next = 19;
    if (next < text.size() && (text[next] == '.' || text[next] == ',')) {
      std::int64_t scale = 100;
      for (++next; next < text.size() && text[next] >= '0' && text[next] <= '9'; ++next, scale /= 10) fraction += (text[next] - '0') * scale;
    }
  }
  if (hour > 24 || minute > 59 || second > 60) return std::nullopt;
  at += std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second} + std::chrono::milliseconds{fraction};
  if (next == text.size()) return at;
  if (text[next] == 'Z' || text[next] == 'z') return next + 1 == text.size() ? std::optional{at} : std::nullopt;
  if (text[next] != '+' && text[next] != '-') return std::nullopt;
  int hours = 0, minutes = 0;
  if (!number(next + 1, 2, hours)) return std::nullopt;
  const std::size_t colon = next + 3 < text.size() && text[next + 3] == ':' ? 1 : 0;
  if (text.size() > next + 3 && (!number(next + 3 + colon, 2, minutes) || text.size() != next + 5 + colon)) return std::nullopt;
  const auto offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return text[next] == '+' ? at - offset : at + offset;
}

struct Door::State {
  dom::parser parser;
  Pseudonym pseudonym;
  std::string padded;
  std::deque<std::string> texts;  // what events point at

  std::string_view hold(std::string text) { return texts.emplace_back(std::move(text)); }

  /// A user's id that is an address names nobody in the warehouse.
  Result<std::string> person(std::string id, std::string& email) {
    if (!looks_like_email(id)) return id;
    const auto address = base::parse_email(id);
    if (!address) return pseudonym(id);
    email = address->normal();
    return pseudonym(email);
  }

  Result<std::optional<std::string>> take(const dom::object& object, std::optional<Kind> told, std::optional<dom::object> outer_context,
                                          std::optional<std::chrono::milliseconds> skew, Instant received, Event& event);
};

/// Nothing when the event is good, else the reason it is not.
Result<std::optional<std::string>> Door::State::take(const dom::object& object, std::optional<Kind> told, std::optional<dom::object> outer_context,
                                                     std::optional<std::chrono::milliseconds> skew, Instant received, Event& event) {
  const auto bad = [](std::string reason) { return std::optional{std::move(reason)}; };
  std::optional<Kind> kind = told;
  if (!kind) {
    const auto type = text_of(object, "type");
    if (!type) return bad("type is missing");
    kind = kind_named(*type);
    if (!kind) return bad("type is none of identify, track, page, screen, group, alias");
  }
  event.kind = *kind;
  const auto user = id_of(object, "userId");
  const auto anonymous = id_of(object, "anonymousId");
  const auto previous = id_of(object, "previousId");
  const auto group = id_of(object, "groupId");
  if (!user || !anonymous || !previous || !group) return bad("an id is neither a text nor a whole number");
  if (user->empty() && anonymous->empty()) return bad("userId or anonymousId is required");
  for (const std::string* id : {&*user, &*anonymous, &*previous}) {
    if (id->size() > 512) return bad("an id is longer than 512 bytes");
  }
  if (*kind == Kind::group && group->empty()) return bad("groupId is required");
  if (*kind == Kind::alias && previous->empty()) return bad("previousId is required");
  const auto message = id_of(object, "messageId");
  if (!message) return bad("messageId is neither a text nor a whole number");
  if (message->size() >= kMostMessageId) return bad("messageId has 100 characters or more");
  event.message_id = hold(message->empty() ? random_id() : *message);

  std::string email;
  WB_ASSIGN(std::string known, person(*user, email));
  const std::string nobody = anonymous->empty() ? std::string{} : std::string{kAnonymous} + *anonymous;
  event.customer_id = hold(known.empty() ? nobody : std::move(known));
  if (*kind == Kind::alias) {
    std::string other;
    WB_ASSIGN(std::string before, person(*previous, other));
    event.other_id = hold(std::move(before));
  } else if (!user->empty() && !nobody.empty()) {
    event.other_id = hold(nobody);
  }

  event.type = name_of(*kind);
  if (*kind == Kind::track) {
    const auto name = text_of(object, "event");
    if (!name || name->empty()) return bad("event, the name of what happened, is required");
    if (name->size() > 200) return bad("event is longer than 200 bytes");
    std::string type = snake_case(*name);
    event.type = hold(type.empty() ? std::string{*name} : std::move(type));
  }

  // When: what the sender's clock showed, moved by how wrong the clock was when it sent.
  std::string_view when;
  dom::element stamp;
  Instant at = received;
  bool any = false;
  for (const std::string_view key : {"originalTimestamp", "timestamp"}) {
    if (any || object[key].get(stamp) || stamp.is_null()) continue;
    std::int64_t millis = 0;
    if (!stamp.get_string().get(when)) {
      const auto parsed = parse_timestamp(when);
      if (!parsed) return bad(fmt::format("{} is no ISO 8601 time", key));
      at = *parsed;
    } else if (!stamp.get_int64().get(millis) && millis > 0 && millis < 10'000'000'000'000) {
      at = base::instant_from_millis(millis);
    } else {
      return bad(fmt::format("{} is no ISO 8601 time", key));
    }
    any = true;
  }
  if (const auto sent = text_of(object, "sentAt"); sent && !skew) {
    if (const auto parsed = parse_timestamp(*sent)) skew = received - *parsed;
  }
  if (any && skew) at += *skew;
  event.occurred_at = std::clamp(at, base::instant_from_millis(0), received);

  // Traits: contact data to the Store's fields, the rest is kept.
  dom::object traits, context, context_traits;
  const bool has_context = !object["context"].get_object().get(context);
  const bool has_traits = !object["traits"].get_object().get(traits);
  const bool has_context_traits = has_context && !context["traits"].get_object().get(context_traits);
  std::string phone, name, language;
  const auto read_traits = [&](const dom::object& from) {
    if (const auto text = text_of(from, "email"); text && email.empty()) {
      if (const auto address = base::parse_email(*text)) email = address->normal();
    }
    for (const std::string_view key : {"phone", "mobile"}) {
      if (const auto text = text_of(from, key); text && phone.empty()) phone = digits_of_phone(*text);
    }
    if (const auto text = text_of(from, "name"); text && name.empty()) name = *text;
    if (name.empty()) {
      for (const std::string_view key : {"firstName", "first_name", "lastName", "last_name"}) {
        if (const auto text = text_of(from, key)) name += (name.empty() ? "" : " ") + std::string{*text};
      }
    }
    for (const std::string_view key : {"language", "locale"}) {
      if (const auto text = text_of(from, key); text && language.empty() && text->size() <= 35) language = *text;
    }
  };
  if (*kind != Kind::group) {
    if (has_traits) read_traits(traits);
    if (has_context_traits) read_traits(context_traits);
  }
  if (*kind == Kind::identify && language.empty() && has_context) {
    if (const auto text = text_of(context, "locale"); text && text->size() <= 35) language = *text;
  }
  // Whose contact data it is must be certain: an anonymous visitor has none.
  if (!user->empty() && *kind == Kind::identify) {
    event.email = hold(std::move(email));
    event.phone = hold(std::move(phone));
    event.name = hold(name.substr(0, 200));
    event.language = hold(std::move(language));
  }

  dom::object properties;
  const bool has_properties = !object["properties"].get_object().get(properties);
  if (has_properties) {
    for (const std::string_view key : {"sku", "product_id", "productId", "item_id", "itemId"}) {
      const auto id = id_of(properties, key);
      if (id && !id->empty() && event.sku.empty()) event.sku = hold(*id);
    }
  }

  std::string json = "{";
  bool first = true;
  if (has_properties) write_members(json, properties, Where::anywhere, first);
  if (has_traits) write_members(json, traits, Where::traits, first);
  json.append(first ? "\"$event\":{" : ",\"$event\":{");
  bool inner = true;
  for (const auto [key, value] : object) {
    if (std::ranges::find(kTakenOut, key) != kTakenOut.end()) continue;
    if ((key == "userId" || key == "previousId") && value.is_string() && looks_like_email(std::string_view{value})) continue;
    write_member(json, key, value, Where::anywhere, inner);
  }
  if (!has_context && outer_context) {
    json.append(inner ? "\"context\":{" : ",\"context\":{");
    bool of_context = true;
    write_members(json, *outer_context, Where::anywhere, of_context);
    json.push_back('}');
  }
  json.append("}}");
  if (json.size() > kMostEventBytes) return bad("the event is larger than 32 KB");
  event.json = hold(std::move(json));
  return std::optional<std::string>{};
}

Door::Door(Pseudonym pseudonym) : state_(std::make_unique<State>()) { state_->pseudonym = std::move(pseudonym); }
Door::~Door() = default;
Door::Door(Door&&) noexcept = default;

Result<Call> Door::read(std::string_view body, std::optional<Kind> kind, Instant received_at) {
  State& state = *state_;
  state.texts.clear();
  if (kind && body.size() > kMostEventBytes) return base::fail(Code::invalid_input, "the event is larger than 32 KB");
  if (!kind && body.size() > kMostBatchBytes) return base::fail(Code::invalid_input, "the batch is larger than 500 KB; send it in parts");
  state.padded.assign(body);
  state.padded.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  dom::element document;
  if (state.parser.parse(state.padded.data(), state.padded.size(), false).get(document)) {
    return base::fail(Code::invalid_input, "the body is no JSON");
  }
  dom::object object;
  if (document.get_object().get(object)) return base::fail(Code::invalid_input, "the body is no JSON object");
  Call call;
  if (const auto key = text_of(object, "writeKey")) call.write_key = state.hold(std::string{*key});
  std::optional<std::chrono::milliseconds> skew;
  if (const auto sent = text_of(object, "sentAt")) {
    if (const auto parsed = parse_timestamp(*sent)) skew = received_at - *parsed;
  }
  const auto one = [&](const dom::object& event_object, std::size_t index, std::optional<dom::object> context) -> Result<void> {
    Event event;
    WB_ASSIGN(auto reason, state.take(event_object, kind, context, skew, received_at, event));
    if (!reason) {
      call.events.push_back(event);
      call.indices.push_back(index);
      return {};
    }
    const auto id = id_of(event_object, "messageId");
    call.rejected.push_back({index, id && id->size() < kMostMessageId ? *id : std::string{}, std::move(*reason)});
    return {};
  };
  if (kind) {
    WB_TRY(one(object, 0, std::nullopt));
    return call;
  }
  dom::array batch;
  if (object["batch"].get_array().get(batch)) return base::fail(Code::invalid_input, "the body has no batch: a list of events under \"batch\"");
  std::optional<dom::object> context;
  if (dom::object outer; !object["context"].get_object().get(outer)) context = outer;
  std::size_t index = 0;
  for (const dom::element element : batch) {
    if (index == kMostBatchEvents) return base::fail(Code::invalid_input, "the batch has more than 2,500 events; send it in parts");
    dom::object event_object;
    if (element.get_object().get(event_object)) {
      call.rejected.push_back({index, {}, "it is no JSON object"});
    } else {
      WB_TRY(one(event_object, index, context));
    }
    ++index;
  }
  return call;
}

}  // namespace collect::stream
