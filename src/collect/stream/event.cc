#include "collect/stream/event.h"

#include <array>
#include <cstring>

namespace collect::stream {
namespace {

using base::Result;

constexpr char kVersion = 1;
constexpr std::size_t kHead = 1 + 8 + 4;
constexpr std::size_t kTexts = 10;

template <class T>
void append_number(std::string& to, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) to.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
}

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}
  template <class T>
  bool number(T& value) {
    if (rest_.size() < sizeof(T)) return false;
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) all |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
    value = static_cast<T>(all);
    rest_.remove_prefix(sizeof(T));
    return true;
  }
  bool text(std::string_view& value) {
    std::uint32_t size = 0;
    if (!number(size) || rest_.size() < size) return false;
    value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

template <class AnyEvent>
auto texts_of(AnyEvent& e) {
  return std::array<decltype(&e.json), kTexts>{&e.message_id, &e.customer_id, &e.other_id, &e.type,  &e.sku,
                                               &e.json,       &e.email,       &e.phone,    &e.name, &e.language};
}

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::identify: return "identify";
    case Kind::track: return "track";
    case Kind::page: return "page";
    case Kind::screen: return "screen";
    case Kind::group: return "group";
    case Kind::alias: return "alias";
  }
  return "track";
}

RecordWriter::RecordWriter(base::Instant received_at) {
  bytes_.push_back(kVersion);
  append_number(bytes_, base::millis(received_at));
  append_number(bytes_, std::uint32_t{0});
}

void RecordWriter::add(const Event& event) {
  bytes_.push_back(static_cast<char>(event.kind));
  append_number(bytes_, base::millis(event.occurred_at));
  for (const std::string_view* text : texts_of(event)) {
    append_number(bytes_, static_cast<std::uint32_t>(text->size()));
    bytes_.append(*text);
  }
  ++count_;
}

std::string RecordWriter::take() {
  std::string count;
  append_number(count, count_);
  std::memcpy(bytes_.data() + 1 + 8, count.data(), count.size());
  return std::move(bytes_);
}

Result<void> read_record(std::string_view record, const std::function<Result<void>(const Event&, base::Instant)>& sink) {
  const auto corrupt = [] { return base::fail(base::Code::corrupt, "a record of the spool cannot be read; it was written by another version"); };
  Bytes bytes{record.substr(std::min<std::size_t>(1, record.size()))};
  std::int64_t received = 0;
  std::uint32_t count = 0;
  if (record.size() < kHead || record[0] != kVersion || !bytes.number(received) || !bytes.number(count)) return corrupt();
  for (std::uint32_t i = 0; i < count; ++i) {
    Event event;
    std::uint8_t kind = 0;
    std::int64_t at = 0;
    if (!bytes.number(kind) || !bytes.number(at) || kind < 1 || kind > static_cast<std::uint8_t>(Kind::alias)) return corrupt();
    event.kind = static_cast<Kind>(kind);
    event.occurred_at = base::instant_from_millis(at);
    for (std::string_view* text : texts_of(event)) {
      if (!bytes.text(*text)) return corrupt();
    }
    WB_TRY(sink(event, base::instant_from_millis(received)));
  }
  if (!bytes.empty()) return corrupt();
  return {};
}

}  // namespace collect::stream
