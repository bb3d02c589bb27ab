#include "base/interleave.h"

namespace base {
namespace {

template <class T>
void copy(const std::vector<T>& from, std::vector<T>& to, std::size_t begin, std::size_t end) {
  to.assign(from.begin() + static_cast<std::ptrdiff_t>(begin), from.begin() + static_cast<std::ptrdiff_t>(end));
}

void copy(const TextData& from, TextData& to, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) to.push_back(from[i]);
}

template <class Items>
void copy(const ListData<Items>& from, ListData<Items>& to, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t k = from.begin_of(i); k < from.end_of(i); ++k) to.items.push_back(from.items[k]);
    to.ends.push_back(to.items.size());
  }
}

}  // namespace

Block slice(const Block& block, std::size_t from, std::size_t to) {
  Block part;
  for (const Column& column : block.columns) {
    Column cut{column.name, column.kind};
    std::visit([&](const auto& data) { copy(data, std::get<std::decay_t<decltype(data)>>(cut.data), from, to); }, column.data);
    if (!column.nulls.empty()) copy(column.nulls, cut.nulls, from, to);
    part.columns.push_back(std::move(cut));
  }
  return part;
}

Interleave::Interleave(std::string column, std::vector<Block> others, BlockSink sink)
    : column_(std::move(column)), others_(std::move(others)), sink_(std::move(sink)) {}

Result<void> Interleave::others_until(const std::string_view* limit) {
  for (; block_ < others_.size(); ++block_, row_ = 0) {
    const Block& block = others_[block_];
    WB_ASSIGN(const Column* column, block.need(column_, ColumnKind::text));
    std::size_t end = row_;
    while (end < block.rows() && (limit == nullptr || column->text()[end] <= *limit)) ++end;
    if (end > row_) WB_TRY(sink_(slice(block, row_, end)));
    row_ = end;
    if (end < block.rows()) return {};
  }
  return {};
}

Result<void> Interleave::add(Block&& block) {
  const auto next = [&]() -> const Block* {
    while (block_ < others_.size() && row_ == others_[block_].rows()) ++block_, row_ = 0;
    return block_ < others_.size() ? &others_[block_] : nullptr;
  };
  WB_ASSIGN(const Column* column, block.need(column_, ColumnKind::text));
  std::size_t from = 0;
  while (from < block.rows()) {
    const Block* other = next();
    if (other == nullptr) break;
    WB_ASSIGN(const Column* theirs, other->need(column_, ColumnKind::text));
    const std::string wanted{theirs->text()[row_]};
    std::size_t to = from;
    while (to < block.rows() && column->text()[to] < wanted) ++to;
    if (to > from) WB_TRY(sink_(slice(block, from, to)));
    from = to;
    if (from == block.rows()) return {};
    const std::string_view limit = column->text()[from];
    WB_TRY(others_until(&limit));
  }
  if (from == 0) return sink_(std::move(block));
  return from < block.rows() ? sink_(slice(block, from, block.rows())) : Result<void>{};
}

Result<void> Interleave::finish() { return others_until(nullptr); }

}  // namespace base
